//! What the page `/logged-out` may say, asked for where it is shown.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    error::SessionError, functions::logged_out, question::Question, session::expect_store,
    wire::LoggedOutView,
};

/// How often the server is asked again by itself while something is under way: after 1 s, 2 s, 4 s, …, about a minute in
/// all. What takes longer takes hours.
const MOST_QUESTIONS: u32 = 6;

/// What the server says of the last sign-out in this browser, for the page `/logged-out`. Asked again whenever the
/// session is; and, while a step of the sign-out is under way, a few times more, at growing intervals.
///
/// # Usage
/// ```
/// use exeunt_leptos::{LogoutButton, use_logged_out};
/// use leptos::prelude::*;
///
/// #[component]
/// fn LoggedOutPage() -> impl IntoView {
///     let report = use_logged_out();
///     let told = move || {
///         let said = match report.get()? {
///             Ok(report) if report.signed_in => "You are still signed in.",
///             Ok(report) if report.unfinished => "Your session could not be ended yet.",
///             Ok(report) if report.receipt.is_some() => "You are signed out of this app.",
///             Ok(_) => "You are not signed in.",
///             Err(_) => "The server could not be asked; you may still be signed in.",
///         };
///         Some(view! { <h1>{said}</h1> })
///     };
///     report.answered(move || view! { {told} <LogoutButton>"Sign out"</LogoutButton> })
/// }
/// ```
/// What else such a page tells and offers stands in [`LoggedOutView`]: the receipt, another try at the provider, where to go on.
/// While [`SignOut::unreachable`](crate::SignOut::unreachable) holds it is [`SessionError::Unreachable`] without asking.
///
/// # Server-side rendering
/// As with [`Question`].
///
/// # Accessibility
/// The page should begin with a heading that says what is true now. Where an answer replaces it, mark what may change
/// with `role="status"`.
///
/// # Panics
/// Without a [`SessionProvider`](crate::SessionProvider).
#[must_use]
#[track_caller]
pub fn use_logged_out() -> Question<Result<LoggedOutView, SessionError>> {
    let report = Question::new(expect_store(), logged_out);
    ask_again(report);
    report
}

/// Asks again while something is under way. In the browser only: on the server an effect does not run.
fn ask_again(report: Question<Result<LoggedOutView, SessionError>>) {
    Effect::new(move |asked: Option<u32>| {
        let asked = asked.unwrap_or_default();
        let under_way = matches!(report.get(), Some(Ok(report)) if report.is_under_way());
        let Some(after) = next_question(asked).filter(|_| under_way) else {
            return asked;
        };
        let timer = set_timeout_with_handle(move || report.ask_again(), after);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
        asked + 1
    });
}

/// How long to wait before the next question, if there is one.
fn next_question(asked: u32) -> Option<Duration> {
    (asked < MOST_QUESTIONS).then(|| Duration::from_secs(1 << asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_asked_gently_and_not_for_ever() {
        let waits: Vec<_> = (0..9)
            .map_while(next_question)
            .map(|wait| wait.as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32]);
    }
}
