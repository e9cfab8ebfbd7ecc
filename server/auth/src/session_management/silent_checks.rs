//! How often the provider is asked silently: the guard against a loop.
//!
//! [Session Management 1.0, section 5.1](https://openid.net/specs/openid-connect-session-1_0.html#ThirdPartyContent): where
//! the provider's frame sees no cookies it reports a change each time it is asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// So many silent checks …
pub const MOST: usize = 3;
/// … within this time switch the monitoring off.
pub const WINDOW: Duration = Duration::from_secs(10 * 60);

/// When the provider was asked silently about a session and those that it goes on from: the last few times.
///
/// It is kept in the sealed record, so that no page has a say in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilentChecks(Vec<Timestamp>);

impl SilentChecks {
    /// Whether there were so many in so short a time that something else than the person changes the answer. It stays so,
    /// since then no more are noted.
    #[must_use]
    pub fn are_exhausted(&self) -> bool {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) => self.0.len() >= MOST && last.since(*first) <= WINDOW,
            _ => false,
        }
    }

    /// Notes one.
    #[must_use]
    pub fn with(&self, now: Timestamp) -> Self {
        let skipped = (self.0.len() + 1).saturating_sub(MOST);
        Self(self.0.iter().skip(skipped).copied().chain([now]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked_at(minutes: &[i64]) -> SilentChecks {
        minutes.iter().fold(SilentChecks::default(), |checks, minute| {
            checks.with(Timestamp::from_seconds(minute * 60))
        })
    }

    #[test]
    fn f7_7_three_within_ten_minutes_are_enough() {
        for few in [&[][..], &[0], &[0, 1], &[0, 1, 11], &[0, 9, 18, 27]] {
            assert!(!checked_at(few).are_exhausted(), "{few:?}");
        }
        for many in [&[0, 0, 0][..], &[0, 5, 10], &[0, 30, 31, 32]] {
            assert!(checked_at(many).are_exhausted(), "{many:?}");
        }
    }

    #[test]
    fn only_the_last_few_are_kept() {
        assert_eq!(checked_at(&[0, 20, 40, 60, 80]).0.len(), MOST);
    }
}
