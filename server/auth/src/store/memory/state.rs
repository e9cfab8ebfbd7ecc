//! What the mutex guards: sessions, outbox, end records, marks, pending rows and claims.

use std::collections::HashMap;

use super::{ends::Ends, outbox::Outbox, sessions::Sessions};
use crate::{
    clock::Timestamp,
    store::{
        Begun, Census, Change, MARK_LIFETIME, Mark, PendingKey, SessionKey, SessionRow, StoreError, Take,
        Taken,
    },
};

#[derive(Default)]
pub(super) struct State {
    pub(super) sessions: Sessions,
    pub(super) outbox: Outbox,
    pub(super) ends: Ends,
    marks: HashMap<Mark, Standing>,
    pending: HashMap<PendingKey, Pending>,
    /// Until when each (purpose, id) is remembered.
    claims: HashMap<(String, [u8; 32]), Timestamp>,
}

/// Where a mark stands: of several, the latest moment and the latest expiry.
struct Standing {
    moment: Timestamp,
    expires_at: Timestamp,
}

struct Pending {
    sealed: Vec<u8>,
    expires_at: Timestamp,
}

impl State {
    pub(super) fn begin(&mut self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        if Mark::against(&row)
            .iter()
            .any(|mark| self.refuses(mark, row.login_started_at, now))
        {
            return Ok(Begun::Refused);
        }
        self.sessions.insert(row)?;
        Ok(Begun::Created)
    }

    pub(super) fn update(&mut self, key: &SessionKey, change: Change, now: Timestamp) -> bool {
        let Some(row) = self.sessions.living(key, now) else {
            return false;
        };
        if let Some(new) = &change.sid
            && row.sid.as_ref() != Some(&new.sid)
            && self.refuses(&Mark::of_sid(&row.iss, &new.sid), new.asked_at, now)
        {
            return false;
        }
        self.sessions.update(key, change, now)
    }

    fn refuses(&self, mark: &Mark, started_at: Timestamp, now: Timestamp) -> bool {
        let standing = self.marks.get(mark);
        standing.is_some_and(|mark| started_at <= mark.moment && now < mark.expires_at)
    }

    pub(super) fn take(&mut self, take: &Take, now: Timestamp) -> Taken {
        if let Some(once) = &take.once
            && !self.claim(once.purpose, &once.id, once.until, now)
        {
            return Taken {
                rows: Vec::new(),
                repeated: true,
            };
        }
        let rows = self.sessions.remove_selected(&take.selector, now);
        for (mark, moment) in Mark::written_by(&take.selector, take.marks, &rows, now) {
            self.mark(mark, moment, now + MARK_LIFETIME);
        }
        if let Some(queue) = &take.queue {
            for row in &rows {
                self.outbox.queue(row, queue, now);
            }
        }
        if let Some(farewell) = &take.farewell {
            for row in &rows {
                self.ends.note(row, farewell, now);
            }
        }
        Taken {
            rows,
            repeated: false,
        }
    }

    fn mark(&mut self, mark: Mark, moment: Timestamp, expires_at: Timestamp) {
        let standing = self.marks.entry(mark).or_insert(Standing { moment, expires_at });
        standing.moment = moment.max(standing.moment);
        standing.expires_at = expires_at.max(standing.expires_at);
    }

    pub(super) fn put_pending(&mut self, key: PendingKey, sealed: Vec<u8>, expires_at: Timestamp) {
        self.pending.insert(key, Pending { sealed, expires_at });
    }

    pub(super) fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Option<Vec<u8>> {
        let pending = self.pending.get(key)?;
        (now < pending.expires_at).then(|| pending.sealed.clone())
    }

    pub(super) fn swap_pending(
        &mut self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> bool {
        match self.pending.get_mut(key) {
            Some(pending) if now < pending.expires_at && pending.sealed == expected => {
                pending.sealed = sealed;
                true
            }
            _ => false,
        }
    }

    pub(super) fn claim(&mut self, purpose: &str, id: &[u8; 32], until: Timestamp, now: Timestamp) -> bool {
        let claimed_until = self.claims.entry((purpose.to_owned(), *id)).or_insert(now);
        let free = *claimed_until <= now;
        if free {
            *claimed_until = until;
        }
        free
    }

    pub(super) fn release(&mut self, purpose: &str, id: &[u8; 32], until: Timestamp) {
        let key = (purpose.to_owned(), *id);
        if self.claims.get(&key) == Some(&until) {
            self.claims.remove(&key);
        }
    }

    pub(super) fn census(&self, now: Timestamp) -> Census {
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        let (waiting, oldest) = self.outbox.waiting();
        Census {
            sessions: number(self.sessions.count_living(now)),
            outbox_entries: number(waiting),
            outbox_oldest: oldest,
        }
    }

    pub(super) fn sweep(&mut self, now: Timestamp) -> u64 {
        let count = |state: &Self| {
            state.marks.len()
                + state.pending.len()
                + state.claims.len()
                + state.outbox.count()
                + state.ends.count()
        };
        let before = count(self);
        self.marks.retain(|_, mark| now < mark.expires_at);
        self.pending.retain(|_, pending| now < pending.expires_at);
        self.claims.retain(|_, until| now < *until);
        self.outbox.sweep(now);
        self.ends.sweep(now);
        u64::try_from(before - count(self)).unwrap_or(u64::MAX)
    }
}
