//! `/api/auth/validate`: whether a request is somebody's, for gateways and extensions that ask.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use serde_json::json;

use super::stand_in::Platform;
use super::{gateway, identity};

/// 200 with who is asking, in headers and in the body; else 401. All methods.
pub(super) async fn validate(State(platform): State<Arc<Platform>>, headers: HeaderMap) -> Response {
    let now = platform.now();
    let session = platform.sessions().of_request(&headers, now).cloned();
    let Some(user) = session.and_then(|session| platform.user(&session.sub)) else {
        return gateway::session_expired();
    };
    let known = json!({
        "sub": user.sub,
        "username": user.name,
        "email": user.email,
        "roles": user.roles,
        "groups": [],
    });
    let mut response = Json(known).into_response();
    identity::add(
        response.headers_mut(),
        user,
        &headers,
        platform.signature.as_ref(),
        now,
    );
    response
}
