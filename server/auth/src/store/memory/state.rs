//! What the mutex guards: sessions, marks, pending rows and claims.

use std::collections::HashMap;

use super::sessions::Sessions;
use crate::{
    clock::Timestamp,
    store::{Begun, MARK_LIFETIME, Mark, MarkRule, PendingKey, Selector, SessionRow, StoreError, Swept},
};

#[derive(Default)]
pub(super) struct State {
    pub(super) sessions: Sessions,
    /// The moment of the newest mark of each.
    marks: HashMap<Mark, Timestamp>,
    pending: HashMap<PendingKey, Pending>,
    /// Until when each (purpose, id) is remembered.
    claims: HashMap<(String, [u8; 32]), Timestamp>,
}

struct Pending {
    sealed: Vec<u8>,
    expires_at: Timestamp,
}

impl State {
    pub(super) fn begin(
        &mut self,
        row: SessionRow,
        attempt_started_at: Timestamp,
        now: Timestamp,
    ) -> Result<Begun, StoreError> {
        let refuses = |mark: &Mark| {
            let moment = self.marks.get(mark);
            moment.is_some_and(|&moment| attempt_started_at <= moment && now < moment + MARK_LIFETIME)
        };
        if Mark::against(&row).iter().any(refuses) {
            return Ok(Begun::Refused);
        }
        self.sessions.insert(row)?;
        Ok(Begun::Created)
    }

    pub(super) fn take(&mut self, selector: &Selector, rule: MarkRule, now: Timestamp) -> Vec<SessionRow> {
        let mut taken = self.sessions.remove_selected(selector);
        taken.retain(|row| row.is_takeable(now));
        for mark in Mark::written_by(selector, rule, &taken) {
            let moment = self.marks.entry(mark).or_insert(now);
            *moment = now.max(*moment);
        }
        taken
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

    pub(super) fn sweep(&mut self, now: Timestamp) -> Swept {
        let others = |state: &Self| state.marks.len() + state.pending.len() + state.claims.len();
        let before = others(self);
        self.marks.retain(|_, moment| now < *moment + MARK_LIFETIME);
        self.pending.retain(|_, pending| now < pending.expires_at);
        self.claims.retain(|_, until| now < *until);
        let removed = before - others(self);
        Swept {
            sessions: self.sessions.sweep(now),
            others: u64::try_from(removed).unwrap_or(u64::MAX),
        }
    }
}
