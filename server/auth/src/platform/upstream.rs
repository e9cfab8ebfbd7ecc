//! The upstream that is a platform: the session is its own.

use async_trait::async_trait;
use axum::Router;
use http::{Method, Uri, request::Parts};

use super::{Platform, logout, routes, view};
use crate::{
    logout::{LogoutOutcome, body::LogoutRequest, view::LoggedOutView},
    session::{own::SessionList, view::SessionView},
    site::Site,
    upstream::{Unavailable, Upstream},
};

#[async_trait]
impl Upstream for Platform {
    fn site(&self) -> &Site {
        Self::site(self)
    }

    fn routes(&self) -> Router {
        routes::routes(self)
    }

    fn protect(&self, router: Router) -> Router {
        routes::protect(self, router)
    }

    fn health(&self) -> Router {
        routes::health()
    }

    fn route_of(&self, method: &Method, uri: &Uri) -> Uri {
        routes::route_of(self.site(), method, uri)
    }

    async fn current(&self, parts: &Parts) -> Result<Option<SessionView>, Unavailable> {
        Ok(view::current(self, parts))
    }

    async fn sessions(&self, parts: &Parts) -> Result<Option<SessionList>, Unavailable> {
        Ok(view::sessions(self, parts))
    }

    async fn end_session(&self, parts: &Parts, request: LogoutRequest, by_form: bool) -> LogoutOutcome {
        logout::end_session(self, parts, request, by_form).await
    }

    async fn logged_out(&self, parts: &Parts) -> Result<LoggedOutView, Unavailable> {
        Ok(view::logged_out(self, parts))
    }

    /// There is nothing to be done beside the requests.
    async fn background(&self) {
        std::future::pending::<()>().await;
    }

    fn close_streams(&self) {
        self.hub().close();
    }

    async fn settled(&self) {
        self.under_way().settled().await;
    }
}
