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
            if now - asked_at.get() >= EVERY_MS && untrack(|| store.is_alive()) {
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
