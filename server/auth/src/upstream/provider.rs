//! The upstream that is an OpenID Provider: sessions are our own.

use async_trait::async_trait;
use axum::Router;
use http::{Extensions, request::Parts};

use super::{Unavailable, Upstream};
use crate::{
    Exeunt, background, events,
    http::{RequestId, router},
    logout::{
        self, LogoutOutcome,
        body::LogoutRequest,
        view::{LoggedOutView, logged_out_view},
    },
    session::{
        CurrentSession, LiveSession, layer,
        own::{self, SessionList},
        view::SessionView,
    },
    session_management::{self, SessionWatch},
    site::Site,
    store::StoreError,
};

#[async_trait]
impl Upstream for Exeunt {
    fn site(&self) -> &Site {
        Self::site(self)
    }

    fn routes(&self) -> Router {
        router::routes(self)
    }

    fn protect(&self, router: Router) -> Router {
        router::protect(self, router)
    }

    fn health(&self) -> Router {
        router::health(self)
    }

    async fn current(&self, parts: &Parts) -> Result<Option<SessionView>, Unavailable> {
        let session = session_of(self, parts).await?;
        let request_id = parts
            .extensions
            .get::<RequestId>()
            .map(|RequestId(id)| id.clone());
        Ok(session.map(|session| SessionView::new(&session, request_id, self.now())))
    }

    async fn sessions(&self, parts: &Parts) -> Result<Option<SessionList>, Unavailable> {
        let Some(session) = session_of(self, parts).await? else {
            return Ok(None);
        };
        own::own_sessions(self, &session)
            .await
            .map(Some)
            .map_err(|error| unavailable("a person's sessions could not be read", &error))
    }

    async fn end_session(&self, parts: &Parts, request: LogoutRequest, by_form: bool) -> LogoutOutcome {
        logout::end_session(self, parts, request, by_form).await
    }

    async fn logged_out(&self, parts: &Parts) -> Result<LoggedOutView, Unavailable> {
        logged_out_view(self, &parts.headers)
            .await
            .map_err(|error| unavailable("what /logged-out shows could not be read", &error))
    }

    fn session_watch(&self, extensions: &Extensions) -> Option<SessionWatch> {
        session_management::session_watch(self, extensions)
    }

    async fn background(&self) {
        background::run(self.clone()).await;
    }

    fn close_streams(&self) {
        events::close(self);
    }

    async fn settled(&self) {
        Self::settled(self).await;
    }
}

/// The layer has looked already; only where it did not (a page that was not found) this asks the store.
async fn session_of(exeunt: &Exeunt, parts: &Parts) -> Result<Option<LiveSession>, Unavailable> {
    match parts.extensions.get::<CurrentSession>() {
        Some(CurrentSession::Live(session)) => Ok(Some(session.clone())),
        Some(CurrentSession::None) => Ok(None),
        Some(CurrentSession::Unknown) => Err(Unavailable),
        None => layer::find_session(exeunt, &parts.headers)
            .await
            .map_err(|error| unavailable("the session could not be read", &error)),
    }
}

fn unavailable(what: &'static str, error: &StoreError) -> Unavailable {
    tracing::error!(target: "exeunt::session", %error, "{what}");
    Unavailable
}
