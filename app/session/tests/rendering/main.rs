//! The components as the server writes them.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod gate;
#[cfg(feature = "exeunt")]
mod guarded_data;
mod logout_button;
mod report;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, request::Parts},
    routing::get,
};
use exeunt_leptos::{
    Base, SessionError, SessionProvider,
    backend::{Answer, LogoutDone, LogoutRequest, SessionBackend, provide_backend},
    wire::{LoggedOutView, SessionList, SessionView},
};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_axum::{LeptosRoutes as _, render_app_async_with_context};
use tower::ServiceExt as _;

/// Who is signed in, or that nobody can say; and what is known of the last sign-out.
#[derive(Clone)]
struct World {
    session: Result<Option<SessionView>, SessionError>,
    report: Result<LoggedOutView, SessionError>,
}

impl SessionBackend for World {
    fn current(&self, _: Parts) -> Answer<Option<SessionView>> {
        let answer = self.session.clone();
        Box::pin(async {
            // As a store would, so that nothing is there at the first look.
            tokio::task::yield_now().await;
            answer
        })
    }

    fn sessions(&self, _: Parts) -> Answer<Option<SessionList>> {
        Box::pin(async { Err(SessionError::Unavailable) })
    }

    fn logout(&self, _: Parts, _: LogoutRequest) -> Answer<LogoutDone> {
        Box::pin(async { Err(SessionError::Unavailable) })
    }

    fn logged_out(&self, _: Parts) -> Answer<LoggedOutView> {
        let answer = self.report.clone();
        Box::pin(async { answer })
    }
}

fn signed_in(roles: &[&str]) -> World {
    World {
        session: Ok(Some(SessionView {
            user_id: "ada".into(),
            email: None,
            name: None,
            roles: roles.iter().map(|&role| role.into()).collect(),
            request_id: None,
            auth_enabled: true,
            session_expires_at: None,
            idle_expires_at: None,
            absolute_expires_at: None,
            now: 0,
        })),
        ..nobody()
    }
}

fn nobody() -> World {
    World {
        session: Ok(None),
        report: Err(SessionError::Unavailable),
    }
}

fn unknown() -> World {
    World {
        session: Err(SessionError::Unavailable),
        ..nobody()
    }
}

struct Document {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Document {
    fn location(&self) -> Option<&str> {
        let location = self.headers.get("location");
        location.map(|location| location.to_str().unwrap())
    }

    #[track_caller]
    fn has(&self, part: &str) {
        assert!(self.html.contains(part), "{part:?} is missing in\n{}", self.html);
    }

    #[track_caller]
    fn lacks(&self, part: &str) {
        assert!(
            !self.html.contains(part),
            "{part:?} must not stand in\n{}",
            self.html
        );
    }
}

/// The document at an address below a prefix, with this inside of a provider.
async fn document<V: IntoView + 'static>(world: World, prefix: &'static str, content: fn() -> V) -> Document {
    let backend = Arc::new(world);
    let context = move || {
        provide_context(Base::new(prefix));
        provide_backend(backend.clone());
    };
    let shell = move || view! { <html><body><SessionProvider>{content()}</SessionProvider></body></html> };
    let options = LeptosOptions::builder().output_name("").build();
    // No routes of a router, but what runs futures for Leptos.
    let app = Router::new()
        .leptos_routes_with_context(&options, Vec::new(), context.clone(), shell)
        .route("/ledger", get(render_app_async_with_context(context, shell)))
        .with_state(options);
    let request = Request::get("/ledger?year=1843&x=%2F").body(Body::empty());
    let answer = app.oneshot(request.unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Document {
        status: parts.status,
        headers: parts.headers,
        html: String::from_utf8(body.to_vec()).unwrap(),
    }
}
