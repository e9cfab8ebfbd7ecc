//! `POST /api/auth/logout` as a plain axum handler, for apps that have no server functions.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::header;

use super::{
    body::{self, wants_html},
    end::LogoutOutcome,
};
use crate::{login::start::see_other, upstream::Upstream};

/// Ends the session. Put [`protect`](crate::http::router::protect) around it.
pub async fn post(State(upstream): State<Arc<dyn Upstream>>, request: Request) -> Response {
    let html = wants_html(request.headers());
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 16 * 1024).await.unwrap_or_default();
    let content_type = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let logout = match body::parse_body(content_type, &bytes) {
        Ok(logout) => logout,
        Err(error) => return (http::StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let LogoutOutcome {
        response,
        headers,
        form_location,
    } = upstream.end_session(&parts, logout, html).await;
    let mut answer = match html.then(|| see_other(&form_location)).flatten() {
        Some(redirect) => redirect,
        None => Json(response).into_response(),
    };
    for (name, value) in &headers {
        answer.headers_mut().append(name, value.clone());
    }
    answer
}
