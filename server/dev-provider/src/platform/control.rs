//! What tests that are another process set and look at.
//!
//! Whatever changes something is a PUT or a DELETE: a page of another origin could send those only with a leave that nobody
//! gives here.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::fault::{Fault, Faulty};
use super::recorded::RecordedRequest;
use super::stand_in::PlatformStandIn;

/// - `PUT /faults/{endpoint}` with the name of a fault as body: see [`Fault`] and [`Faulty`];
/// - `DELETE /faults` takes all back;
/// - `GET /requests`: what the platform itself was sent;
/// - `GET /sessions`: which sessions there are.
pub(super) fn router(stand_in: &PlatformStandIn) -> Router {
    Router::new()
        .route("/faults/{endpoint}", put(misbehave))
        .route("/faults", axum::routing::delete(behave))
        .route("/requests", get(requests))
        .route("/sessions", get(sessions))
        .with_state(stand_in.clone())
}

async fn misbehave(
    State(stand_in): State<PlatformStandIn>,
    Path(endpoint): Path<String>,
    name: String,
) -> Response {
    match (endpoint.parse::<Faulty>(), name.trim().parse::<Fault>()) {
        (Ok(endpoint), Ok(fault)) => {
            stand_in.misbehave(endpoint, fault);
            StatusCode::NO_CONTENT.into_response()
        }
        (Err(unknown), _) | (_, Err(unknown)) => {
            (StatusCode::BAD_REQUEST, format!("{unknown}\n")).into_response()
        }
    }
}

async fn behave(State(stand_in): State<PlatformStandIn>) -> StatusCode {
    stand_in.behave();
    StatusCode::NO_CONTENT
}

async fn requests(State(stand_in): State<PlatformStandIn>) -> Json<Value> {
    let requests: Vec<Value> = stand_in.requests().iter().map(told).collect();
    Json(json!({ "requests": requests }))
}

fn told(request: &RecordedRequest) -> Value {
    let forwarded: Value = request
        .forwarded
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.clone())))
        .collect();
    json!({
        "method": request.method.as_str(),
        "path": request.path,
        "headers": request.headers,
        "cookies": request.cookies,
        "forwarded": forwarded,
        "from_a_browser": request.is_from_a_browser(),
    })
}

async fn sessions(State(stand_in): State<PlatformStandIn>) -> Json<Value> {
    Json(stand_in.told_sessions())
}
