//! The time that a session has left, by the server's clock whatever the browser's says.

use leptos::prelude::window;
use web_sys::js_sys;

/// How far the server's clock is ahead of the browser's, in milliseconds.
pub(crate) fn skew(server_now: i64, browser_now_ms: i64) -> i64 {
    server_now * 1000 - browser_now_ms
}

/// Whole seconds until `expires_at`, begun ones included; 0 only when the server would say so too. (The server's time
/// comes in whole seconds and is older by its way here, so the estimate is late, never early.)
pub(crate) fn seconds_remaining(expires_at: i64, skew_ms: i64, browser_now_ms: i64) -> i64 {
    let left_ms = expires_at * 1000 - (browser_now_ms + skew_ms);
    left_ms
        .div_euclid(1000)
        .saturating_add(i64::from(left_ms.rem_euclid(1000) > 0))
        .max(0)
}

/// The browser's clock. Call it in the browser only.
pub(crate) fn browser_now_ms() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a clock reads whole milliseconds far below 2^53"
    )]
    let now = js_sys::Date::now() as i64;
    now
}

/// When the document's answer began to arrive, by the browser's clock: what it says of the time was true then, not when
/// hydration came round to it. Call it in the browser only.
pub(crate) fn document_arrived_ms() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a clock reads whole milliseconds far below 2^53"
    )]
    let arrived = window()
        .performance()
        .map_or(0, |performance| performance.timing().response_start() as i64);
    if arrived > 0 { arrived } else { browser_now_ms() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_in_the_browser_does_no_harm() {
        for browser_now in [0, 1_700_000_000_000, 4_000_000_000_000] {
            let skew = skew(1_700_000_000, browser_now);
            assert_eq!(seconds_remaining(1_700_000_060, skew, browser_now), 60);
            assert_eq!(seconds_remaining(1_700_000_060, skew, browser_now + 59_000), 1);
        }
    }

    #[test]
    fn a_begun_second_counts_and_none_is_below_zero() {
        assert_eq!(seconds_remaining(10, 0, 9_001), 1);
        assert_eq!(seconds_remaining(10, 0, 9_999), 1);
        assert_eq!(seconds_remaining(10, 0, 10_000), 0);
        assert_eq!(seconds_remaining(10, 0, 99_999), 0);
    }
}
