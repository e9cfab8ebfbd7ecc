//! What the server functions of this crate need of the server: one small trait, provided as a context.

use std::{future::Future, pin::Pin, sync::Arc};

use http::{HeaderMap, request::Parts};

use crate::{
    error::SessionError,
    wire::{LoggedOutView, LogoutResponse, Scope, SessionList, SessionView},
};

/// A future that a backend returns.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + Send>>;

/// What `logout` was asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// How far.
    pub scope: Scope,
    /// Where to go on afterwards; ignored unless on the allow-list.
    pub post_logout_redirect_uri: Option<String>,
}

/// A sign-out that was carried out.
#[derive(Clone, Debug)]
pub struct LogoutDone {
    /// The answer.
    pub response: LogoutResponse,
    /// Headers to *append* to the HTTP answer (cookies among them).
    pub headers: HeaderMap,
    /// Where a form post without scripts goes (303): always a page of ours.
    pub form_location: String,
}

/// What a page needs to watch the provider's session through a frame of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionWatch {
    /// The address of the frame.
    pub frame: String,
    /// Its origin: the only one that is spoken and listened to.
    pub origin: String,
    /// What it is asked.
    pub message: String,
    /// Names the session that is watched.
    pub session: String,
}

/// The server's side. Provide it with [`provide_backend`] wherever server functions run. The feature `exeunt` brings one
/// that is done: [`relying_party`](crate::relying_party). One of your own keeps what its methods promise here.
///
/// # Errors
/// [`SessionError::Unavailable`] where the store does not answer: never "nobody", which would say that the session is over.
pub trait SessionBackend: Send + Sync + 'static {
    /// The session of a request, if it is alive. Never extends it.
    fn current(&self, parts: Parts) -> Answer<Option<SessionView>>;
    /// The sessions of whoever is signed in; `None` if nobody is. Never extends any.
    fn sessions(&self, parts: Parts) -> Answer<Option<SessionList>>;
    /// Ends it. What could not be ended is no error but a line of the receipt.
    fn logout(&self, parts: Parts, request: LogoutRequest) -> Answer<LogoutDone>;
    /// What the page `/logged-out` shows.
    fn logged_out(&self, parts: Parts) -> Answer<LoggedOutView>;
    /// What a page may watch for whoever is signed in; known without asking anybody. Default: nothing.
    fn session_watch(&self, _parts: &Parts) -> Option<SessionWatch> {
        None
    }
}

/// Makes a backend known to the server functions. Call it in the context closure of `leptos_routes_with_context`, after
/// the [`Base`](crate::Base) was provided (if there is one).
///
/// It also settles, for a sign-out whose body cannot be read, that its answer leads to `/logged-out` and not to the page that
/// the form stood on, which the `Referer` names.
pub fn provide_backend(backend: Arc<dyn SessionBackend>) {
    leptos::prelude::provide_context(backend);
    crate::reply::expect_the_worst();
}
