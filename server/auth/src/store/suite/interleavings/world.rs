//! What one schedule is about, and what its acts saw.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    clock::Timestamp,
    store::{
        Begun, MarkRule, OutboxId, Selector, SessionKey, SessionRow, Store, StoreError, Take, Taken,
        suite::fixture::{MILLISECOND, NOW, row},
    },
};

/// When whoever ends the session does it: the moment of its marks.
pub(super) const ENDED: fn() -> Timestamp = || NOW + MILLISECOND * 10;

/// How many rows of the fixture a schedule has for itself.
pub(super) const ROWS: u32 = 8;

/// One schedule.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) seed: u32,
    /// The session that ends.
    pub(super) row: SessionRow,
    /// Steps are taken one after another: what each must find is known.
    exact: bool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
pub(super) struct Seen {
    /// What was done, in order.
    pub(super) trace: Vec<String>,
    /// Tokens that the provider issued for the session.
    pub(super) issued: BTreeSet<u8>,
    /// Tokens that a worker revoked.
    pub(super) revoked: Vec<u8>,
    /// Entries that refreshes put.
    pub(super) put: Vec<OutboxId>,
    /// A refresh has the lease.
    pub(super) refreshing: bool,
    /// What takes returned.
    pub(super) taken: Vec<SessionRow>,
    /// A take that acts once has returned; how many of them acted, and how many did not.
    once_done: bool,
    pub(super) acted_once: usize,
    pub(super) repeated: usize,
    /// A take that marks has returned.
    pub(super) marked: bool,
    /// Takes that reach every session that the provider's session has, and every one of the person that began by then.
    pub(super) by_sid: bool,
    pub(super) by_subject: bool,
    /// Logins that were refused, and those that ended in a session.
    pub(super) refused: usize,
    pub(super) begun: Vec<SessionRow>,
    /// What lives, if steps are taken one after another: with the start of its login.
    living: BTreeMap<SessionKey, Timestamp>,
}

impl World {
    pub(super) async fn begin(store: Arc<dyn Store>, seed: u32, exact: bool) -> Self {
        let row = SessionRow {
            tokens: vec![0],
            ..row(seed * ROWS)
        };
        let begun = store.begin(row.clone(), NOW).await.unwrap();
        assert_eq!(begun, Begun::Created, "schedule {seed}");
        let seen = Seen {
            issued: BTreeSet::from([0]),
            living: BTreeMap::from([(row.key, row.login_started_at)]),
            ..Seen::default()
        };
        Self {
            store,
            seed,
            row,
            exact,
            seen: Mutex::new(seen),
        }
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn trace(&self, step: impl Into<String>) {
        self.seen().trace.push(step.into());
    }

    #[track_caller]
    pub(super) fn check(&self, holds: bool, rule: &str) {
        assert!(
            holds,
            "schedule {}: {rule}\nits steps: {:#?}",
            self.seed,
            self.seen().trace
        );
    }

    #[track_caller]
    pub(super) fn sound<T>(&self, answer: Result<T, StoreError>) -> T {
        if let Err(error) = &answer {
            self.check(false, &error.to_string());
        }
        answer.unwrap()
    }

    fn is_ended(&self) -> bool {
        self.seen().taken.iter().any(|row| row.key == self.row.key)
    }

    /// Calls the store about the session and compares the answer with what is known: once a take has returned it, it is
    /// dead; before, if steps are taken one after another, it lives.
    pub(super) async fn lives(
        &self,
        call: &str,
        answer: impl Future<Output = Result<bool, StoreError>>,
    ) -> bool {
        let was_ended = self.is_ended();
        let lives = self.sound(answer.await);
        self.trace(format!("{call}: {lives}"));
        self.check(!(was_ended && lives), "it lives again");
        self.check(was_ended || lives || !self.exact, "it died without an end");
        lives
    }

    pub(super) async fn take(&self, by: &str, take: &Take) -> Taken {
        let taken = self.sound(self.store.take(take, ENDED()).await);
        let mut seen = self.seen();
        let numbers: Vec<_> = taken.rows.iter().map(|row| row.public_id.as_str()).collect();
        seen.trace
            .push(format!("{by}: {numbers:?}, repeated: {}", taken.repeated));
        let again = take.once.is_some() && std::mem::replace(&mut seen.once_done, true);
        seen.acted_once += usize::from(take.once.is_some() && !taken.repeated);
        seen.repeated += usize::from(taken.repeated);
        let mut expected = BTreeSet::new();
        if !taken.repeated {
            let reached = |key: &SessionKey, started: &Timestamp| match &take.selector {
                Selector::Key(selected) => key == selected,
                Selector::Subject { started_by, .. } => started_by.is_none_or(|by| *started <= by),
                _ => true,
            };
            expected.extend(
                seen.living
                    .iter()
                    .filter(|(key, started)| reached(key, started))
                    .map(|(key, _)| *key),
            );
            seen.living.retain(|key, _| !expected.contains(key));
            seen.by_sid |= matches!(take.selector, Selector::Sid { .. });
            seen.by_subject |= matches!(take.selector, Selector::Subject { .. });
            seen.marked |= take.marks != MarkRule::SidOfTaken && !matches!(take.selector, Selector::Key(_));
            seen.marked |= !taken.rows.is_empty();
        }
        let returned: BTreeSet<SessionKey> = taken.rows.iter().map(|row| row.key).collect();
        seen.taken.extend(taken.rows.iter().cloned());
        drop(seen);
        self.check(!self.exact || taken.repeated == again, "a take did not act once");
        self.check(
            !self.exact || returned == expected,
            "a take returned other sessions than it selects",
        );
        taken
    }

    /// Begins a session of the same person and the same session of the provider.
    pub(super) async fn log_in(&self, row: SessionRow) {
        let in_flight = row.login_started_at <= ENDED();
        let was_marked = self.seen().marked;
        let begun = self.sound(self.store.begin(row.clone(), ENDED() + MILLISECOND * 10).await);
        let started = if in_flight { "before" } else { "after" };
        self.trace(format!(
            "login {} begun {started} the end: {begun:?}",
            row.public_id
        ));
        let created = begun == Begun::Created;
        self.check(
            !(in_flight && was_marked && created),
            "the mark let a login through",
        );
        self.check(in_flight || created, "the mark refused a later login");
        self.check(
            was_marked || created || !self.exact,
            "a login was refused without a mark",
        );
        let mut seen = self.seen();
        if created {
            seen.living.insert(row.key, row.login_started_at);
            seen.begun.push(row);
        } else {
            seen.refused += 1;
        }
    }
}
