//! `use_session`: what a component may know of the session, and do with it.

use leptos::prelude::*;

use crate::{
    error::SessionError,
    store::Store,
    wire::{Scope, SessionView},
};

/// The session as a component sees it. Copies are the same session.
///
/// The first answer is there before anything below the provider is rendered. The two functions are for the browser, in
/// event handlers.
#[derive(Clone, Copy)]
pub struct Session {
    /// The session, while it is alive.
    pub session: Signal<Option<SessionView>>,
    /// The server is being asked again.
    pub loading: Signal<bool>,
    /// Why the last question got no answer. What was known before still stands.
    pub error: Signal<Option<SessionError>>,
    /// False only where a platform switched sign-in off.
    pub auth_enabled: Signal<bool>,
    /// Seconds until the session ends by itself, counted down by the server's clock. `None` until the page is live, and
    /// where the session has no limit. At zero the page is signed out.
    pub seconds_remaining: Signal<Option<i64>>,
    store: Store,
}

/// The session of the [`SessionProvider`](crate::SessionProvider) above.
///
/// # Usage
/// ```
/// use exeunt_leptos::{SignedIn, use_session};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Greeting() -> impl IntoView {
///     let session = use_session();
///     let name = move || session.session.get().and_then(|session| session.name);
///     view! { <SignedIn>"Hello, " {name}</SignedIn> }
/// }
/// ```
///
/// # Server-side rendering
/// `seconds_remaining` is `None`, so that the browser's first rendering is the same as the server's.
///
/// # Panics
/// Without a provider; [`try_use_session`] does not.
#[must_use]
#[track_caller]
pub fn use_session() -> Session {
    Session::of(expect_store())
}

/// Like [`use_session`], but `None` without a provider: for a component that stands also on pages that know no session.
///
/// # Usage
/// ```
/// use exeunt_leptos::try_use_session;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Footer() -> impl IntoView {
///     let session = try_use_session();
///     let name = move || session?.session.get()?.name;
///     view! { <footer><Transition>{name}</Transition></footer> }
/// }
/// ```
///
/// # Server-side rendering
/// As with [`use_session`].
#[must_use]
pub fn try_use_session() -> Option<Session> {
    use_context().map(Session::of)
}

#[track_caller]
#[expect(
    clippy::expect_used,
    reason = "a missing provider is a fault in the program, found at the first rendering"
)]
pub(crate) fn expect_store() -> Store {
    use_context().expect("a <SessionProvider> above this component")
}

impl Session {
    fn of(store: Store) -> Self {
        Self {
            session: Signal::derive(move || store.session()),
            loading: store.loading.into(),
            error: Signal::derive(move || store.read(|answer| answer.error.clone())),
            auth_enabled: Signal::derive(move || store.session().is_none_or(|session| session.auth_enabled)),
            seconds_remaining: store.seconds_remaining.into(),
            store,
        }
    }

    /// Signs out of this app and of the provider in this browser, and leaves the page. `redirect_uri` is where the page
    /// that reports it offers to go on, if the operator allows it. Nothing happens while another sign-out of this page is
    /// under way. How it went is told by [`use_sign_out`](crate::use_sign_out), and by the page that is shown then.
    ///
    /// In the browser only: on the server there is nothing that leaves a page. What works without scripts is a
    /// [`LogoutButton`](crate::LogoutButton).
    pub fn logout(self, redirect_uri: Option<String>) {
        self.store.sign_out.begin(Scope::Browser, redirect_uri);
    }

    /// Asks the server again; [`Session::loading`] holds meanwhile, and what was known stands. Extends nothing.
    /// In the browser only.
    pub fn refresh(self) {
        self.store.refresh();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").finish_non_exhaustive()
    }
}
