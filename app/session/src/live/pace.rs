//! How often the server is asked. Pure: times are milliseconds of the browser's clock.

/// Without a sign of life from the events for so long, the server is asked instead. Together with [`TURN_MS`] and the way to
/// the server it stays below the 30 seconds within which a tab shows the end of its session.
const SILENCE_MS: i64 = 20_000;
/// How often the tab that listens tells the others that it does.
pub(super) const SIGN_OF_LIFE_MS: i64 = 10_000;
/// How often all this is looked at.
pub(super) const TURN_MS: i64 = 5_000;

/// The longest wait before the events are tried again.
const LONGEST_MS: u32 = 30_000;

/// Whether to ask now, if the last sign of life and the last question were then.
pub(super) fn is_time_to_ask(now: i64, last_heard: i64, last_asked: i64) -> bool {
    now - last_heard.max(last_asked) >= SILENCE_MS
}

/// How long to wait before the events are tried for the so-manieth time again: 1 s, 2 s, 4 s, … up to 30 s, each
/// shortened by up to a half, so that a server that comes back is not asked by everybody at once. `dice` is from 0 to 1.
pub(super) fn back_off_ms(failures: u32, dice: f64) -> u32 {
    let longest = (1000 << failures.min(5)).min(LONGEST_MS);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most half of 30,000, and not below zero"
    )]
    let off = (f64::from(longest) / 2.0 * dice.clamp(0.0, 1.0)) as u32;
    longest - off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i18_without_events_the_server_is_asked_within_thirty_seconds_and_not_more_often() {
        assert!(!is_time_to_ask(19_999, 0, 0));
        assert!(is_time_to_ask(20_000, 0, 0));
        // Looked at only so often, it is asked before the thirtieth second.
        const { assert!(SILENCE_MS + TURN_MS < 30_000) };
        // While one tab listens the others are calm.
        const { assert!(SIGN_OF_LIFE_MS + TURN_MS < SILENCE_MS) };
        assert!(!is_time_to_ask(25_000, 24_000, 0), "the events are alive");
        assert!(!is_time_to_ask(25_000, 0, 24_000), "it was asked a moment ago");
    }

    #[test]
    fn a_server_that_is_gone_is_tried_less_and_less_often() {
        let waits: Vec<_> = (0..8).map(|failures| back_off_ms(failures, 0.0)).collect();
        assert_eq!(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(back_off_ms(0, 1.0), 500);
        assert_eq!(back_off_ms(u32::MAX, 1.0), 15_000);
    }
}
