//! How long the session still lasts.

use exeunt_leptos::use_session;
use leptos::prelude::*;

use crate::texts::texts;

/// Counts the seconds down once the page is live.
///
/// # Server-side rendering
/// Empty, and of the same size: how long the answer is under way is not known there. The moment of the end stands beside
/// it in any case.
///
/// # Accessibility
/// A timer, which is read when asked for and not every second.
#[component]
pub fn Countdown() -> impl IntoView {
    let session = use_session();
    let time = &texts().time;
    let left = move || session.seconds_remaining.get().map(|seconds| time.left(seconds));
    view! { <span class="countdown" role="timer">{left}</span> }
}
