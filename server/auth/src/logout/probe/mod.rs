//! The probe, opt-in: after the provider sent the browser back it is asked once, by a top-level authorization request with
//! `prompt=none`, whether somebody is still signed in there.
//!
//! Only `login_required` proves that nobody is.
//! [OpenID Connect Core 1.0, section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)
//! A code proves the contrary and is never redeemed: the verifier that it would need is thrown away before the question
//! leaves. It is no login (invariant I19): it belongs to no attempt, and no session can come of it.

mod answer;
mod ask;
mod handler;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

pub(crate) use answer::{is_answer, receive};
pub(super) use ask::prepare;
pub use handler::get;

use crate::{
    clock::Timestamp,
    random::{self, Random, RandomError},
};

/// The path of the probe that a person asks for, below the base path.
pub const PATH: &str = "/auth/logout/probe";

/// How long an answer counts. A provider that asks nothing of anybody answers at once.
pub const LIFETIME: Duration = Duration::from_secs(2 * 60);

/// What the `state` of a probe begins with. No login attempt's does: the part before its dot is longer.
const STATE_STEM: &str = "probe.";

/// How far the probe of a pending logout is. There is one at most.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// The provider was not asked.
    #[default]
    NotAsked,
    /// It was asked.
    Asked {
        /// The rest of `state`.
        secret: String,
        /// When.
        at: Timestamp,
    },
    /// It said that nobody is signed in there, or did not tell.
    Answered,
    /// It said that somebody is still signed in there.
    Contradicted,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotAsked => "NotAsked",
            Self::Asked { .. } => "Asked",
            Self::Answered => "Answered",
            Self::Contradicted => "Contradicted",
        })
    }
}

impl Probe {
    /// A fresh one, and its `state`.
    fn ask(random: &dyn Random, now: Timestamp) -> Result<(Self, String), RandomError> {
        let secret = random::token(random)?;
        let state = format!("{STATE_STEM}{secret}");
        Ok((Self::Asked { secret, at: now }, state))
    }

    /// Whether this `state` is its own, in constant time, and comes in time.
    fn is_answered_by(&self, state: &str, now: Timestamp) -> bool {
        let Self::Asked { secret, at } = self else {
            return false;
        };
        let sent = state.strip_prefix(STATE_STEM).unwrap_or_default();
        now.since(*at) <= LIFETIME && bool::from(secret.as_bytes().ct_eq(sent.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::OsRandom;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn a_probe_knows_its_own_state_for_two_minutes_and_until_it_is_answered() {
        let (probe, state) = Probe::ask(&OsRandom, NOW).unwrap();
        let (_, other) = Probe::ask(&OsRandom, NOW).unwrap();
        assert_ne!(state, other);
        assert!(probe.is_answered_by(&state, NOW));
        assert!(probe.is_answered_by(&state, NOW + LIFETIME));
        assert!(!probe.is_answered_by(&state, NOW + LIFETIME + Duration::from_millis(1)));
        for wrong in [
            &*other,
            "",
            STATE_STEM,
            &state[STATE_STEM.len()..],
            &state.to_uppercase(),
        ] {
            assert!(!probe.is_answered_by(wrong, NOW), "{wrong}");
        }
        for over in [Probe::NotAsked, Probe::Answered, Probe::Contradicted] {
            assert!(!over.is_answered_by(&state, NOW), "{over:?}");
            assert!(!over.is_answered_by(STATE_STEM, NOW), "{over:?}");
        }
    }

    #[test]
    fn i16_debug_shows_no_state() {
        let (probe, _) = Probe::ask(&OsRandom, NOW).unwrap();
        assert_eq!(format!("{probe:?}"), "Asked");
    }
}
