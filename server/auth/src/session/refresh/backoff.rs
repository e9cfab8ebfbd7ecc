//! After a refresh that failed the provider is left alone for a while: a moment first, twenty seconds at most.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{clock::Timestamp, store::SessionKey};

/// After the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// At most between two tries (invariant I13).
const LONGEST: Duration = Duration::from_secs(20);
/// The most sessions that are remembered.
const MOST: usize = 10_000;

/// Which sessions wait, in this process.
#[derive(Debug, Default)]
pub(super) struct Backoff(Mutex<HashMap<SessionKey, Wait>>);

#[derive(Clone, Copy, Debug)]
struct Wait {
    failures: u32,
    until: Timestamp,
}

impl Wait {
    /// A clock that jumped back prolongs no wait.
    fn holds(self, now: Timestamp) -> bool {
        now < self.until && self.until.since(now) <= LONGEST
    }
}

impl Backoff {
    /// Whether a refresh of this session has to wait.
    pub(super) fn holds(&self, key: &SessionKey, now: Timestamp) -> bool {
        self.waits().get(key).is_some_and(|wait| wait.holds(now))
    }

    /// A refresh failed: the next one waits, twice as long as the last time.
    pub(super) fn note_failure(&self, key: &SessionKey, now: Timestamp) {
        let mut waits = self.waits();
        let failures = waits.get(key).map_or(0, |wait| wait.failures);
        if failures == 0 && waits.len() >= MOST {
            waits.retain(|_, wait| wait.holds(now));
            // So many at once: one of them is asked for a little earlier than it would be.
            if waits.len() >= MOST
                && let Some(any) = waits.keys().next().copied()
            {
                waits.remove(&any);
            }
        }
        let until = now + FIRST.saturating_mul(1 << failures.min(10)).min(LONGEST);
        let failures = failures.saturating_add(1);
        waits.insert(*key, Wait { failures, until });
    }

    /// There is nothing to wait for any more.
    pub(super) fn forget(&self, key: &SessionKey) {
        self.waits().remove(key);
    }

    fn waits(&self) -> MutexGuard<'_, HashMap<SessionKey, Wait>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);
    const KEY: SessionKey = SessionKey([7; 32]);

    fn wait_after(failures: u32) -> u64 {
        let backoff = Backoff::default();
        for _ in 0..failures {
            backoff.note_failure(&KEY, NOW);
        }
        (0..)
            .find(|&seconds| !backoff.holds(&KEY, NOW + Duration::from_secs(seconds)))
            .unwrap()
    }

    #[test]
    fn i13_waits_double_up_to_twenty_seconds() {
        let waits = [0, 1, 2, 3, 4, 5, 6, 7, 100].map(wait_after);
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 20, 20, 20]);
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let backoff = Backoff::default();
        backoff.note_failure(&KEY, NOW);
        backoff.note_failure(&KEY, NOW);
        backoff.forget(&KEY);
        assert!(!backoff.holds(&KEY, NOW));
        backoff.note_failure(&KEY, NOW);
        assert!(!backoff.holds(&KEY, NOW + Duration::from_secs(1)));
    }

    #[test]
    fn a_clock_that_jumps_back_prolongs_no_wait() {
        let backoff = Backoff::default();
        backoff.note_failure(&KEY, NOW);
        assert!(!backoff.holds(&KEY, NOW - Duration::from_secs(3600)));
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_those_that_wait() {
        let backoff = Backoff::default();
        let key = |number: usize| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_be_bytes());
            SessionKey(key)
        };
        for number in 0..MOST {
            backoff.note_failure(&key(number), NOW);
        }
        backoff.note_failure(&KEY, NOW);
        assert_eq!(backoff.waits().len(), MOST);
        assert!(backoff.holds(&KEY, NOW));
        // Their waits are over: the next one that comes makes room.
        let later = NOW + LONGEST;
        backoff.note_failure(&key(MOST), later);
        assert_eq!(backoff.waits().len(), 1);
        assert!(backoff.holds(&key(MOST), later));
    }
}
