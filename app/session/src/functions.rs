//! The server functions: thin doors to the [backend](crate::backend) that the server provides.

use leptos::{
    prelude::server,
    server_fn::codec::{GetUrl, Json, PostUrl},
};

use crate::{
    error::SessionError,
    wire::{LoggedOutView, LogoutResponse, Scope, SessionList, SessionView},
};

/// Signs out: `POST /api/auth/logout`. Without a session it succeeds too.
///
/// In the browser take a [`LogoutButton`](crate::LogoutButton) or [`use_sign_out`](crate::use_sign_out), which also go where the
/// answer leads:
/// [OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html).
///
/// # Server-side rendering
/// A form post without scripts is answered by a redirection (303) to a page of ours, on faults too; never to the page
/// that the form stood on, which would be the default.
///
/// # Errors
/// [`SessionError::Unavailable`] (503) if no [backend](crate::backend) was provided; [`SessionError::Protocol`] (400) if the
/// body cannot be read, and then nothing was ended; in the browser [`SessionError::Unreachable`], and then nobody knows. What
/// the backend could not end is no error: the [receipt](LogoutResponse::receipt) says so, and
/// [`success`](LogoutResponse::success) is `false`.
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

/// The session of this browser, or `None`: `GET /api/auth/current-session`. Never extends it. In a page take
/// [`use_session`](crate::use_session), which asks once for all.
///
/// # Server-side rendering
/// Called while a page is rendered it asks the backend in place, without a request.
///
/// # Errors
/// [`SessionError::Unavailable`] (503) if the store did not answer or no [backend](crate::backend) was provided; in the
/// browser [`SessionError::Unreachable`] and [`SessionError::Protocol`].
#[server(prefix = "/api", endpoint = "auth/current-session", input = GetUrl, output = Json)]
pub async fn current_session() -> Result<Option<SessionView>, SessionError> {
    use crate::reply;

    let (backend, parts) = reply::backend()?;
    reply::read(backend.current(parts).await)
}

/// All sessions of whoever is signed in, in this app, and the last that ended; `None` if nobody is:
/// `GET /api/auth/session-list`. Never extends any. In a page take [`use_own_sessions`](crate::use_own_sessions).
///
/// # Server-side rendering
/// As with [`current_session`].
///
/// # Errors
/// As [`current_session`].
#[server(prefix = "/api", endpoint = "auth/session-list", input = GetUrl, output = Json)]
pub async fn sessions() -> Result<Option<SessionList>, SessionError> {
    use crate::reply;

    let (backend, parts) = reply::backend()?;
    reply::read(backend.sessions(parts).await)
}

/// What the page `/logged-out` shows: `GET /api/auth/logged-out`. In the page take
/// [`use_logged_out`](crate::use_logged_out).
///
/// # Server-side rendering
/// As with [`current_session`].
///
/// # Errors
/// As [`current_session`].
#[server(prefix = "/api", endpoint = "auth/logged-out", input = GetUrl, output = Json)]
pub async fn logged_out() -> Result<LoggedOutView, SessionError> {
    use crate::reply;

    let (backend, parts) = reply::backend()?;
    reply::read(backend.logged_out(parts).await)
}
