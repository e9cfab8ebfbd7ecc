//! What must hold when a schedule is over, whatever its order was.

use std::collections::BTreeSet;

use super::{
    acts::REFRESH,
    world::{ENDED, ROWS, Seen, World},
};
use crate::store::{
    Change, MarkRule, OutboxId, Selector, SessionKey, SessionRow, Take,
    suite::fixture::{IDLE, MILLISECOND, NOW, public_id_of, row},
};

/// What a schedule showed, in numbers: schedules that never show something prove nothing about it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown {
    /// Refreshes that ended before the session did.
    pub(super) refreshed: usize,
    /// Refreshes that the end overtook.
    pub(super) refreshed_late: usize,
    /// Logins that a mark refused.
    pub(super) refused: usize,
    /// Logins whose session an end reached.
    pub(super) overtaken: usize,
    /// Logout tokens that were delivered again.
    pub(super) repeated: usize,
    /// Tokens that a worker revoked.
    pub(super) revoked: usize,
}

impl World {
    /// Panics if a rule is broken; otherwise it says what the schedule showed.
    pub(super) async fn judge(&self) -> Shown {
        let seen = std::mem::take(&mut *self.seen());
        self.seen().trace.clone_from(&seen.trace);
        self.each_session_was_taken_once(&seen);
        self.it_is_dead_for_every_method().await;
        self.each_token_is_queued_or_revoked(&seen).await;
        self.what_it_left_alone_is_as_it_was(&seen).await;
        self.nothing_holds_the_refresh().await;
        self.a_login_in_flight_is_refused_and_a_later_one_is_not().await;
        Shown {
            refreshed: seen.issued.len() - 1 - seen.put.len(),
            refreshed_late: seen.put.len(),
            refused: seen.refused,
            overtaken: seen.begun.iter().filter(|row| seen.taken.contains(row)).count(),
            repeated: seen.repeated,
            revoked: seen.revoked.len(),
        }
    }

    fn each_session_was_taken_once(&self, seen: &Seen) {
        let keys: BTreeSet<SessionKey> = seen.taken.iter().map(|row| row.key).collect();
        self.check(keys.len() == seen.taken.len(), "a session was taken twice");
        self.check(keys.contains(&self.row.key), "the session was never taken");
        self.check(
            seen.acted_once == usize::from(seen.acted_once + seen.repeated > 0),
            "of several deliveries of one logout token one acts",
        );
    }

    async fn it_is_dead_for_every_method(&self) {
        let (store, SessionRow { key, iss, sub, .. }) = (&self.store, &self.row);
        let is_listed = |heads: Vec<crate::store::SessionHead>| heads.iter().any(|head| head.key == *key);
        let sid = self.row.sid.as_deref().unwrap_or_default();
        let all = Change {
            identity: Some(self.row.identity.clone()),
            tokens: Some(self.row.tokens.clone()),
            data: Some(Vec::new()),
            ..Change::default()
        };
        let take = |selector| Take::new(selector, MarkRule::None);
        let by_key = take(Selector::Key(*key));
        let by_public_id = take(public_id_of(&self.row, &self.row));
        for (method, lives) in [
            ("touch", self.sound(store.touch(key, NOW + IDLE, NOW).await)),
            ("update", self.sound(store.update(key, all, NOW).await)),
            ("load", self.sound(store.load(key, NOW).await).is_some()),
            (
                "load_tokens",
                self.sound(store.load_tokens(key, NOW).await).is_some(),
            ),
            ("load_data", self.sound(store.load_data(key, NOW).await).is_some()),
            ("list", is_listed(self.sound(store.list(iss, sub, NOW).await))),
            (
                "list_by_sid",
                is_listed(self.sound(store.list_by_sid(iss, sid, NOW).await)),
            ),
            (
                "take by key",
                !self.sound(store.take(&by_key, NOW).await).rows.is_empty(),
            ),
            (
                "take by public id",
                !self.sound(store.take(&by_public_id, NOW).await).rows.is_empty(),
            ),
        ] {
            self.check(!lives, &format!("it lives for {method}"));
        }
    }

    /// Once each: the workers hold their leases, so none is revoked twice either.
    async fn each_token_is_queued_or_revoked(&self, seen: &Seen) {
        let own = OutboxId(self.row.key.0);
        let mut found = seen.revoked.clone();
        for id in seen.put.iter().chain([&own]) {
            let entry = self.sound(self.store.load_outbox(id).await);
            self.check(entry.is_some(), "an entry of the outbox is missing");
            // One that a worker has is both: its tokens count where it revoked them.
            found.extend(
                entry
                    .into_iter()
                    .filter(|entry| entry.attempts == 0)
                    .flat_map(|entry| entry.sealed),
            );
        }
        found.sort_unstable();
        let issued: Vec<u8> = seen.issued.iter().copied().collect();
        self.check(
            found == issued,
            &format!("issued {issued:?}, queued or revoked {found:?}"),
        );
    }

    /// The sessions of the other logins: what was taken is queued, what was not lives; and nothing lives that began before
    /// an end which reaches all.
    async fn what_it_left_alone_is_as_it_was(&self, seen: &Seen) {
        for row in &seen.begun {
            let taken = seen.taken.contains(row);
            let in_flight = row.login_started_at <= ENDED();
            self.check(
                taken || !in_flight || !(seen.by_sid || seen.by_subject),
                "a login in flight outlived an end that reaches all",
            );
            self.check(
                !taken || seen.by_sid || (in_flight && seen.by_subject),
                "a session was taken that no end reaches",
            );
            let head = self.sound(self.store.load(&row.key, NOW).await);
            self.check(
                head == (!taken).then(|| row.head()),
                "of another session: the row",
            );
            let entry = self.sound(self.store.load_outbox(&OutboxId(row.key.0)).await);
            let sealed = entry.map(|entry| entry.sealed);
            let expected = taken.then(|| row.tokens.clone());
            self.check(sealed == expected, "of another session: the outbox");
        }
    }

    async fn nothing_holds_the_refresh(&self) {
        let until = ENDED() + IDLE;
        let free = self.sound(self.store.claim(REFRESH, &self.row.key.0, until, NOW).await);
        self.check(free, "a refresh left its lease");
    }

    async fn a_login_in_flight_is_refused_and_a_later_one_is_not(&self) {
        for (place, login_started_at) in [(2, ENDED()), (1, ENDED() + MILLISECOND)] {
            self.seen().marked = true;
            let last = SessionRow {
                iss: self.row.iss.clone(),
                sub: self.row.sub.clone(),
                sid: self.row.sid.clone(),
                login_started_at,
                ..row(self.seed * ROWS + ROWS - place)
            };
            self.log_in(last).await;
        }
    }
}
