//! What the page `/logged-out` may say, asked for where it is shown.

use leptos::prelude::*;

use crate::{error::SessionError, functions::logged_out, session::expect_store, wire::LoggedOutView};

/// What the server says of the last sign-out in this browser, for the page `/logged-out`. Asked again whenever the
/// session is.
///
/// # Usage
/// Read it under a `Transition`. While [`SignOut::unreachable`](crate::SignOut::unreachable) holds it is
/// [`SessionError::Unreachable`] without asking.
///
/// # Server-side rendering
/// Awaited before the first byte leaves, and carried in the document.
///
/// # Panics
/// Without a [`SessionProvider`](crate::SessionProvider).
#[must_use]
#[track_caller]
pub fn use_logged_out() -> Resource<Result<LoggedOutView, SessionError>> {
    let store = expect_store();
    let unreachable = store.sign_out.unreachable();
    Resource::new_blocking(
        move || (store.version(), unreachable.get()),
        |(_, unreachable)| async move {
            if unreachable {
                Err(SessionError::Unreachable)
            } else {
                logged_out().await
            }
        },
    )
}
