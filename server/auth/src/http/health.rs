//! `GET /healthz` (the process answers) and `GET /readyz` (it can serve).

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use crate::Exeunt;

/// How long readiness waits for the provider.
const PROVIDER_BUDGET: Duration = Duration::from_secs(2);

/// Liveness.
pub async fn live() -> &'static str {
    "ok"
}

/// Readiness: 503 if the store cannot be used. A provider that is down is told and is not fatal (invariant I17).
pub async fn ready(State(exeunt): State<Exeunt>) -> Response {
    let store = exeunt.store().ping().await;
    if let Err(error) = &store {
        tracing::error!(target: "exeunt::health", %error, "the store is not ready");
    }
    let provider = if exeunt.provider().metadata_within(PROVIDER_BUDGET).await.is_some() {
        "ok"
    } else {
        "degraded"
    };
    let (status, store) = if store.is_ok() {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "down")
    };
    (
        status,
        Json(serde_json::json!({"store": store, "provider": provider})),
    )
        .into_response()
}
