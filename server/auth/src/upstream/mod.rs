//! Who owns the session: one trait, two implementations, chosen at start.
//!
//! [`Exeunt`] signs people in through an OpenID Provider and keeps their sessions itself; a
//! [`Platform`](crate::platform::Platform) around the app has signed them in already, and its gateway says who they are.
//! Pages, gates, components and the sign-out know only [`Upstream`].

mod presence;
mod provider;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use axum::Router;
use http::{Extensions, Method, Uri, request::Parts};

use crate::{
    Exeunt,
    http::base_path,
    logout::{LogoutOutcome, body::LogoutRequest, view::LoggedOutView},
    session::{own::SessionList, view::SessionView},
    session_management::SessionWatch,
    site::Site,
};

pub use presence::{Person, Presence};

/// Whoever owns the session could not say how it is. Not the same as "nobody": nothing may claim that somebody is signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("who is signed in could not be read just now; try again")]
pub struct Unavailable;

/// What owns the session of a browser, and ends it.
///
/// What its methods promise is what the contract promises to the browser: an answer of [`current`](Self::current) extends
/// nothing; an [`end_session`](Self::end_session) is no error if something could not be ended but a line of the receipt.
#[async_trait]
pub trait Upstream: fmt::Debug + Send + Sync + 'static {
    /// The app's own place.
    fn site(&self) -> &Site;

    /// The routes below `/auth` and `/api`, except the sign-out itself. They stand inside [`protect`](Self::protect).
    fn routes(&self) -> Router;

    /// Puts the layers around an app's routes: security headers, who may change state, who is signed in, the return to
    /// `/logged-out`, the body of a sign-out.
    fn protect(&self, router: Router) -> Router;

    /// `/healthz` and `/readyz`: merge them outside of [`protect`](Self::protect).
    fn health(&self) -> Router;

    /// The address as the routes know it, from the address as it came in: without the path prefix.
    fn route_of(&self, _method: &Method, uri: &Uri) -> Uri {
        base_path::strip(uri, self.site().public_url().base_path())
    }

    /// The session of a request, if it is alive. Never extends it.
    ///
    /// # Errors
    /// [`Unavailable`] where nobody can say.
    async fn current(&self, parts: &Parts) -> Result<Option<SessionView>, Unavailable>;

    /// The sessions of whoever is signed in; `None` if nobody is. Never extends any.
    ///
    /// # Errors
    /// [`Unavailable`] where nobody can say.
    async fn sessions(&self, parts: &Parts) -> Result<Option<SessionList>, Unavailable>;

    /// Ends the session of this browser. `by_form`: the caller follows `form_location` instead of reading the answer.
    async fn end_session(&self, parts: &Parts, request: LogoutRequest, by_form: bool) -> LogoutOutcome;

    /// What the page `/logged-out` shows.
    ///
    /// # Errors
    /// [`Unavailable`] where nobody can say.
    async fn logged_out(&self, parts: &Parts) -> Result<LoggedOutView, Unavailable>;

    /// What a page may watch of the provider's session, for whoever is signed in. Default: nothing.
    fn session_watch(&self, _extensions: &Extensions) -> Option<SessionWatch> {
        None
    }

    /// What goes on beside the requests, for ever. Spawn it once for a process, and abort it at shutdown.
    async fn background(&self);

    /// Closes all streams of events, for the end of the server: it would wait for them otherwise.
    fn close_streams(&self);

    /// Until nothing is under way that was begun for a request and outlives it. Bound it.
    async fn settled(&self);
}

/// What gives an [`Upstream`] to hand on: the handle of either kind, or one that was chosen at start.
pub trait AsUpstream {
    /// It.
    fn as_upstream(&self) -> Arc<dyn Upstream>;
}

impl AsUpstream for Exeunt {
    fn as_upstream(&self) -> Arc<dyn Upstream> {
        Arc::new(self.clone())
    }
}

impl AsUpstream for Arc<dyn Upstream> {
    fn as_upstream(&self) -> Arc<dyn Upstream> {
        Self::clone(self)
    }
}

/// [`Upstream::route_of`] for a whole request: for `tower::ServiceBuilder::map_request` around the router. Not as a layer of
/// it, which would come after the route was chosen.
pub fn route_request<B>(mut request: http::Request<B>, upstream: &dyn Upstream) -> http::Request<B> {
    *request.uri_mut() = upstream.route_of(request.method(), request.uri());
    request
}
