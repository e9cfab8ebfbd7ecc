//! Whoever is at work stays signed in, where the app wants that.

use std::{cell::Cell, rc::Rc};

use leptos::prelude::*;

use crate::{clock, store::Store};

/// The server writes the idle limit at most once a minute; there is no use in asking more often.
const EVERY_MS: i64 = 60_000;

/// Extends the session while somebody types or clicks. In the browser only.
pub(super) fn follow(store: Store) {
    let asked_at = Rc::new(Cell::new(clock::browser_now_ms()));
    let listeners = ["keydown", "pointerdown"].map(|name| {
        let asked_at = Rc::clone(&asked_at);
        window_event_listener_untyped(name, move |_| {
            let now = clock::browser_now_ms();
            if is_due(asked_at.get(), now) && untrack(|| store.is_alive()) {
                asked_at.set(now);
                store.extension.ask(store);
            }
        })
    });
    on_cleanup(move || {
        for listener in listeners {
            listener.remove();
        }
    });
}

/// Whether it is time to ask again. A clock that was put back is not waited for.
fn is_due(asked_at: i64, now: i64) -> bool {
    !(0..EVERY_MS).contains(&(now - asked_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i5_the_server_is_asked_at_most_once_a_minute() {
        for (passed, due) in [
            (0, false),
            (59_999, false),
            (60_000, true),
            (3_600_000, true),
            (-1, true),
        ] {
            assert_eq!(is_due(1_000_000, 1_000_000 + passed), due, "{passed}");
        }
    }
}
