//! The server functions: thin doors to the [backend](crate::backend) that the server provides.

use leptos::{
    prelude::server,
    server_fn::codec::{GetUrl, Json, PostUrl},
};

use crate::{
    error::SessionError,
    wire::{LoggedOutView, LogoutResponse, Scope, SessionList, SessionView},
};

/// Signs out. Without a session it succeeds too.
///
/// # Server-side rendering
/// A form post without scripts is answered by a redirection (303) to a page of ours, on faults too; never to the page
/// that the form stood on, which would be the default.
#[server(prefix = "/api", endpoint = "auth/logout", input = PostUrl, output = Json)]
pub async fn logout(
    /// How far. Default: this app and the provider's session in this browser.
    scope: Option<Scope>,
    /// Where the page that reports the end offers to go on. Ignored unless the operator allows it.
    post_logout_redirect_uri: Option<String>,
) -> Result<LogoutResponse, SessionError> {
    use crate::{backend::LogoutRequest, reply};

    let request = LogoutRequest {
        scope: scope.unwrap_or_default(),
        post_logout_redirect_uri,
    };
    let done = match reply::backend() {
        Ok((backend, parts)) => backend.logout(parts, request).await,
        Err(error) => Err(error),
    };
    reply::signed_out(done)
}

/// The session of this browser, or `None`. Never extends it.
#[server(prefix = "/api", endpoint = "auth/current-session", input = GetUrl, output = Json)]
pub async fn current_session() -> Result<Option<SessionView>, SessionError> {
    use crate::reply;

    let (backend, parts) = reply::backend()?;
    reply::read(backend.current(parts).await)
}

/// All sessions of whoever is signed in, in this app, and the last that ended; `None` if nobody is. Never extends any.
#[server(prefix = "/api", endpoint = "auth/session-list", input = GetUrl, output = Json)]
pub async fn sessions() -> Result<Option<SessionList>, SessionError> {
    use crate::reply;

    let (backend, parts) = reply::backend()?;
    reply::read(backend.sessions(parts).await)
}

/// What the page `/logged-out` shows.
#[server(prefix = "/api", endpoint = "auth/logged-out", input = GetUrl, output = Json)]
pub async fn logged_out() -> Result<LoggedOutView, SessionError> {
    use crate::reply;

    let (backend, parts) = reply::backend()?;
    reply::read(backend.logged_out(parts).await)
}
