//! When a revocation that failed is tried again, and when no more.

use std::time::Duration;

use crate::random::{self, Random};

/// After the first failure.
const FIRST: Duration = Duration::from_secs(5);
/// At most between two tries.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// No longer than this after the end: then the tokens are wiped.
pub const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait after so many tries: doubling, up to an hour, and less by a random part of up to half, so that what
/// failed together does not come back together. A provider that asks for more patience gets it, up to an hour.
#[must_use]
pub fn wait(attempts: u32, asked: Option<Duration>, random: &dyn Random) -> Duration {
    let doubled = FIRST
        .saturating_mul(1 << attempts.saturating_sub(1).min(20))
        .min(LONGEST);
    // Without randomness all come back at once, which is no reason not to come back.
    let part = random::bytes::<2>(random).map_or(0, u16::from_be_bytes);
    let less = doubled / 2 * u32::from(part) / u32::from(u16::MAX);
    (doubled - less).max(asked.unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomError;

    #[derive(Debug)]
    struct Always(u8);

    impl Random for Always {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn waits_double_up_to_an_hour_and_lose_up_to_half_of_it() {
        let seconds = |attempts, random| wait(attempts, None, &Always(random)).as_secs_f64();
        assert!((seconds(1, 0) - 5.0).abs() < 0.01);
        assert!((seconds(1, 255) - 2.5).abs() < 0.01);
        assert!((seconds(3, 0) - 20.0).abs() < 0.01);
        assert!((seconds(40, 0) - 3600.0).abs() < 0.01);
        assert!((seconds(40, 255) - 1800.0).abs() < 0.01);
    }

    #[test]
    fn a_provider_gets_the_patience_it_asks_for_within_reason() {
        let asked = |seconds| wait(1, Some(Duration::from_secs(seconds)), &Always(0)).as_secs();
        assert_eq!(asked(120), 120);
        assert_eq!(asked(1), 5);
        assert_eq!(asked(1_000_000), 3600);
    }
}
