//! The gateway: which extension a request is for, who is asking, and whether they may.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{ACCEPT, HOST};
use http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use super::config::{Admission, Extension, Place};
use super::forwarding::forwarded_headers;
use super::stand_in::{API, Platform};
use super::{identity, pages};
use crate::redirect::{see_other, with_parameters};

/// What is asked for on the platform's own origin.
pub(super) async fn by_path(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    let path = request.uri().path();
    let extension = platform
        .extensions
        .iter()
        .filter(|extension| is_below(path, &extension.place))
        .max_by_key(|extension| extension.prefix().len());
    match extension {
        Some(extension) => pass(&platform, extension, request).await,
        None => pages::not_found(),
    }
}

/// What is asked for at the port of an extension.
pub(super) async fn by_port(platform: &Platform, port: u16, request: Request) -> Response {
    let extension = platform
        .extensions
        .iter()
        .find(|extension| extension.place == Place::Port(port));
    match extension {
        Some(extension) => pass(platform, extension, request).await,
        None => pages::not_found(),
    }
}

/// Whether a path is an extension's, by whole segments.
fn is_below(path: &str, place: &Place) -> bool {
    match place {
        Place::Path(prefix) => path
            .strip_prefix(prefix.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        Place::Port(_) => false,
    }
}

async fn pass(platform: &Platform, extension: &Extension, request: Request) -> Response {
    let now = platform.now();
    let session = platform.sessions().of_request(request.headers(), now).cloned();
    let user = session.and_then(|session| platform.user(&session.sub));
    let mut headers = forwarded_headers(extension, &request);
    match user {
        Some(user) => identity::add(
            &mut headers,
            user,
            request.headers(),
            platform.signature.as_ref(),
            now,
        ),
        None if extension.admission == Admission::SignedIn => return turned_away(&request),
        None => {}
    }
    platform.forwarding.pass_on(extension, request, headers).await
}

/// A navigation goes to the login and comes back; whatever else is told that nobody is signed in.
fn turned_away(request: &Request) -> Response {
    if request.method() == Method::GET && is_navigation(request.headers()) {
        let host = request
            .headers()
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        // The guard has seen to it that the host is this machine; the login judges the whole address once more.
        let here = format!("http://{host}{}", request.uri());
        let sent = [("redirect_uri".to_owned(), here)];
        return see_other(&with_parameters(&format!("{API}/auth/login"), &sent));
    }
    session_expired()
}

/// As the platform's libraries tell that nobody is signed in.
pub(super) fn session_expired() -> Response {
    let detail = json!({ "detail": {
        "error": "session_expired",
        "message": "Your session has expired. Please log in again.",
    }});
    (StatusCode::UNAUTHORIZED, Json(detail)).into_response()
}

fn is_navigation(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_below_another_by_whole_segments() {
        let place = Place::Path("/runtime/apps/a".to_owned());
        for (path, below) in [
            ("/runtime/apps/a", true),
            ("/runtime/apps/a/", true),
            ("/runtime/apps/a/b", true),
            ("/runtime/apps/ab", false),
            ("/runtime/apps", false),
        ] {
            assert_eq!(is_below(path, &place), below, "{path}");
        }
    }
}
