//! The routes and layers of platform mode on one screen.

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use http::{Method, StatusCode, Uri, uri::PathAndQuery};

use super::{
    Contract, Platform, events as platform_events, layer, leave, login, pending, returned, routes_current,
    routes_legacy, view,
};
use crate::{
    events,
    http::{base_path, health, page::Page, router},
    logout::body::{self, wants_html},
    session::{SessionRejection, refusal},
    site::Site,
    upstream::Presence,
};

/// The routes below `/auth` and `/api`, except the sign-out itself.
pub(super) fn routes(platform: &Platform) -> Router {
    let contract = match platform.settings().contract {
        Contract::Legacy => Router::new()
            .route("/api/session", get(routes_legacy::session))
            .route("/api/auth/login-url", get(routes_legacy::login_url)),
        Contract::Current => Router::new()
            .route("/api/session", get(routes_current::session))
            .route("/api/auth/login-url", get(routes_current::login_url)),
    };
    contract
        .route("/auth/login", get(login::get).post(login::post))
        .route("/auth/logout/continue", get(leave::get).head(router::refuse_head))
        .route(events::PATH, get(platform_events::get))
        .route("/api/auth/receipt", get(receipt))
        .route("/api/auth/extend", post(extend))
        .route("/api/auth/sessions", get(sessions))
        .route("/api/auth/sessions/end", post(end_sessions))
        .route("/api/auth/sessions/{id}", delete(no_such_session))
        .with_state(platform.clone())
}

/// What stands around the routes, from outside to inside: security headers, who may change state, who is signed in, the
/// platform's return to `/logged-out`, the names of the contract, the body of a logout. One layer, as in
/// [`router::protect`].
pub(super) fn protect(platform: &Platform, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(platform.clone(), carry))
}

async fn carry(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let platform = &platform;
    let site = platform.site();
    let inside = move |request| body::normalize(site, request, move |request| next.run(request));
    let inside = move |request| routes_current::speak(platform, request, inside);
    let inside = move |mut request| {
        layer::carry_identity(platform, &mut request);
        returned::receive(platform, request, inside)
    };
    router::guard(site, request, inside).await
}

/// `/healthz` and `/readyz`. There is no store that could fail, and the platform is asked when somebody signs out.
pub(super) fn health() -> Router {
    Router::new().route("/healthz", get(health::live)).route(
        "/readyz",
        get(async || Json(serde_json::json!({"store": "none", "platform": "not asked"}))),
    )
}

/// The routes of the contract are there without `/api` too, for extensions whose front end takes it off: server functions are
/// found by their exact path, so the address is rewritten before the route is chosen.
pub(super) fn route_of(site: &Site, method: &Method, uri: &Uri) -> Uri {
    let uri = base_path::strip(uri, site.public_url().base_path());
    let is_ours = matches!(
        (method, uri.path()),
        (&Method::GET | &Method::HEAD, "/session" | "/auth/login-url") | (&Method::POST, "/auth/logout")
    );
    if !is_ours {
        return uri;
    }
    let path_and_query = match uri.query() {
        Some(query) => format!("/api{}?{query}", uri.path()),
        None => format!("/api{}", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(path_and_query).ok();
    Uri::from_parts(parts).unwrap_or(uri)
}

/// The receipt of the pending sign-out, by its cookie; 404 if there is none.
async fn receipt(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if pending::find(&platform, &parts.headers).is_none() {
        return refusal(
            StatusCode::NOT_FOUND,
            "no_receipt",
            "There is no sign-out of the last ten minutes in this browser.",
        );
    }
    Json(view::logged_out(&platform, &parts).receipt).into_response()
}

/// The list of a person's sessions: the platform has it, and says so.
async fn sessions(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    view::sessions(&platform, &parts).map_or_else(
        || SessionRejection::SignedOut.into_response(),
        |list| Json(list).into_response(),
    )
}

/// 409: how long the session lasts is decided by the platform.
async fn extend(State(platform): State<Platform>, request: Request) -> Response {
    refuse(
        &platform,
        &request,
        "This app cannot extend your session",
        "The platform around this app decides how long it lasts.",
    )
}

/// 409: the platform's sessions are ended at the platform.
async fn end_sessions(State(platform): State<Platform>, request: Request) -> Response {
    refuse(
        &platform,
        &request,
        "This app cannot end your other sessions",
        "The platform around this app has them. Sign out there to end them.",
    )
}

/// 404: none is known here, nobody's.
async fn no_such_session(request: Request) -> Response {
    if !matches!(Presence::of(request.extensions()), Presence::SignedIn(_)) {
        return SessionRejection::SignedOut.into_response();
    }
    refusal(
        StatusCode::NOT_FOUND,
        "session_not_found",
        "You have no such session.",
    )
}

fn refuse(platform: &Platform, request: &Request, title: &str, text: &str) -> Response {
    let is_signed_in = matches!(Presence::of(request.extensions()), Presence::SignedIn(_));
    if wants_html(request.headers()) {
        let first_page = platform.site().public_url().rooted("/");
        let page =
            Page::problem(StatusCode::CONFLICT, title, text).with_link("To the first page", first_page);
        return platform.site().render(&page);
    }
    if !is_signed_in {
        return SessionRejection::SignedOut.into_response();
    }
    refusal(StatusCode::CONFLICT, "platform_owns_session", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::page;
    use std::sync::Arc;

    #[test]
    fn the_routes_of_the_contract_are_there_without_api_too_and_no_others() {
        let public_url = "https://k.example/runtime/apps/a".parse().unwrap();
        let site = Site::new(public_url, Default::default(), Arc::new(page::plain));
        let routed = |method: Method, uri: &str| route_of(&site, &method, &uri.parse().unwrap()).to_string();
        for (method, from, to) in [
            (Method::GET, "/runtime/apps/a/session", "/api/session"),
            (Method::GET, "/session", "/api/session"),
            (
                Method::GET,
                "/auth/login-url?redirect_uri=%2F",
                "/api/auth/login-url?redirect_uri=%2F",
            ),
            (Method::POST, "/runtime/apps/a/auth/logout", "/api/auth/logout"),
            (
                Method::POST,
                "/runtime/apps/a/api/auth/logout",
                "/api/auth/logout",
            ),
            (Method::GET, "/auth/logout", "/auth/logout"),
            (Method::GET, "/sessions", "/sessions"),
            (Method::GET, "/auth/logout/continue", "/auth/logout/continue"),
            (Method::GET, "/runtime/apps/a", "/"),
            (Method::GET, "/runtime/apps/b/session", "/runtime/apps/b/session"),
        ] {
            assert_eq!(routed(method, from), to, "{from}");
        }
    }
}
