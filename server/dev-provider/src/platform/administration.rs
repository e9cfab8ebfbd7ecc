//! Sessions that end from the platform's side.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::gateway::session_expired;
use super::stand_in::Platform;
use crate::config::User;

/// The role of those who may end what is not theirs.
const ADMINISTRATOR: &str = "admin";

/// `DELETE /api/auth/sessions/{id}`: ends one session at the gateway, one's own or, as an administrator, anybody's. Somebody
/// else's is 404 to everyone else, as one that does not exist.
pub(super) async fn end(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let now = platform.now();
    let Some(asking) = who(&platform, &headers) else {
        return session_expired();
    };
    let mut sessions = platform.sessions();
    let may = sessions
        .named(&id, now)
        .is_some_and(|session| session.sub == asking.sub || is_administrator(asking));
    if !may {
        return StatusCode::NOT_FOUND.into_response();
    }
    sessions.end_named(&id);
    StatusCode::NO_CONTENT.into_response()
}

/// `POST /api/auth/sessions/purge`: ends all that the person `subject_id` has, at the gateway and at the single sign-on.
pub(super) async fn purge(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = platform.now();
    let Some(asking) = who(&platform, &headers) else {
        return session_expired();
    };
    if !is_administrator(asking) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let subject: Option<Value> = serde_json::from_slice(&body).ok();
    let Some(sub) = subject
        .as_ref()
        .and_then(|subject| subject.get("subject_id"))
        .and_then(Value::as_str)
    else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let purged = platform.sessions().purge(sub, now);
    Json(json!({ "revoked": purged.gateway + purged.single_sign_on })).into_response()
}

fn who<'a>(platform: &'a Platform, headers: &HeaderMap) -> Option<&'a User> {
    let session = platform.sessions().of_request(headers, platform.now()).cloned()?;
    platform.user(&session.sub)
}

fn is_administrator(user: &User) -> bool {
    user.roles.iter().any(|role| role == ADMINISTRATOR)
}
