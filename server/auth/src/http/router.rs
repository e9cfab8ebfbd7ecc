//! The whole HTTP surface of this crate on one screen.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};

use ::http::{StatusCode, header};

use super::{client_address, csrf, extend, headers, health, login_url, own_sessions, scheme, session};
use crate::{
    Exeunt, events, login,
    logout::{self, body, frontchannel, returned},
    session::layer,
    site::Site,
    upstream::AsUpstream,
};

/// The routes that need no page of the app, all below `/auth` and `/api`: the way in and back, the provider's ways of signing out,
/// the session as JSON, its extension, the person's own sessions, and the events of open tabs. They stand inside
/// [`protect`].
///
/// The app itself serves `/logged-out`, where the provider returns to; and `POST /api/auth/logout`, by the server function of
/// `exeunt-leptos` or by [`logout_route`].
pub fn routes(exeunt: &Exeunt) -> Router {
    Router::new()
        .route("/auth/login", get(login::start::get))
        .route("/auth/callback", get(login::callback::get))
        .route(
            logout::backchannel::endpoint::PATH,
            post(logout::backchannel::endpoint::post),
        )
        .route("/auth/logout/continue", get(logout::leave::get).head(refuse_head))
        .route(
            frontchannel::PATH,
            get(frontchannel::get)
                .fallback(frontchannel::refuse_method)
                .head(frontchannel::refuse_method),
        )
        .route(logout::probe::PATH, get(logout::probe::get).head(refuse_head))
        .route(events::PATH, get(events::get))
        .route("/api/auth/receipt", get(logout::view::get_receipt))
        .route("/api/session", get(session::get))
        .route("/api/auth/extend", post(extend::post))
        .route("/api/auth/sessions", get(own_sessions::get))
        .route("/api/auth/sessions/end", post(own_sessions::post))
        .route("/api/auth/sessions/{id}", delete(own_sessions::delete))
        .route("/api/auth/login-url", get(login_url::get))
        .with_state(exeunt.clone())
}

/// Where a GET uses something up: a HEAD, which nobody sends who wants to go there, must not.
pub(crate) async fn refuse_head() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response()
}

/// Liveness and readiness (`/healthz`, `/readyz`): merge them outside of [`protect`], so that they answer whatever the
/// session store does.
pub fn health(exeunt: &Exeunt) -> Router {
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .with_state(exeunt.clone())
}

/// `POST /api/auth/logout` as a plain handler, for apps without the server function.
pub fn logout_route(upstream: &impl AsUpstream) -> Router {
    Router::new()
        .route(logout::body::LOGOUT_PATH, post(logout::handler::post))
        .with_state(upstream.as_upstream())
}

/// Puts everything around an app's routes that concerns all who ask who is signed in, or change anything. From outside to
/// inside: security headers, who may change state, the session, the provider's return to `/logged-out`, the body of a logout.
///
/// One layer and not one each: every layer of a router clones and boxes what is inside it, for each request anew.
pub fn protect(exeunt: &Exeunt, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(exeunt.clone(), carry))
}

async fn carry(State(exeunt): State<Exeunt>, request: Request, next: Next) -> Response {
    let exeunt = &exeunt;
    let site = exeunt.site();
    let inside = move |request| body::normalize(site, request, move |request| next.run(request));
    let inside = move |request| returned::receive(exeunt, request, inside);
    let inside = move |request| layer::carry_session(exeunt, request, inside);
    guard(site, request, inside).await
}

/// The outer half of what stands around the routes, whoever owns the session: security headers, and who may change state.
pub(crate) async fn guard<F>(site: &Site, mut request: Request, inside: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    forget_referer(&mut request);
    client_address::note(site, &mut request);
    scheme::note(site, &request);
    let response = match csrf::refusal(site, &request) {
        Some(refusal) => refusal,
        None => inside(request).await,
    };
    headers::secure(site, response)
}

/// Server functions redirect a browser to the `Referer` unless they name a place themselves, and that is whatever site
/// the link stood on (invariant I7). Nothing of ours reads it.
fn forget_referer(request: &mut Request) {
    request.headers_mut().remove(header::REFERER);
}
