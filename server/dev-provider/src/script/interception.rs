//! The layer in front of a scripted provider: records each request and gives the script's answer, if it has one.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::answer::Kind;
use super::state::ScriptState;
use super::{Endpoint, Recorded};
use crate::provider::Provider;

const BODY_LIMIT: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(super) struct Interception {
    pub(super) provider: Arc<Provider>,
    pub(super) state: Arc<ScriptState>,
}

pub(super) async fn intercept(State(this): State<Interception>, request: Request, next: Next) -> Response {
    let Some(endpoint) = Endpoint::at(&this.provider, request.uri().path()) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    // Before it is recorded: a test that has seen the arrival may release at once.
    let mut released = this.state.released.subscribe();
    let answer = this.state.next_answer(endpoint);
    let recorded = Recorded {
        endpoint,
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: parts.headers.clone(),
        body: body.clone(),
    };
    let request = Request::from_parts(parts, Body::from(body));
    let arrived = || this.state.record(recorded);
    // Of a release only the moment matters. A closed channel means that the provider is gone: that releases too.
    match answer.0 {
        Kind::Normal => {
            arrived();
            next.run(request).await
        }
        Kind::Hang => {
            arrived();
            let _ = released.changed().await;
            next.run(request).await
        }
        Kind::Hold => {
            let response = next.run(request).await;
            // Only now: whoever waits for the arrival may rely on what the provider did.
            arrived();
            let _ = released.changed().await;
            response
        }
        Kind::Raw(raw) => {
            arrived();
            raw.into_response()
        }
    }
}
