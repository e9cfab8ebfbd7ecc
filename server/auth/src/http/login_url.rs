//! `GET /api/auth/login-url?redirect_uri=…`: where a client sends the person to sign in.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::return_to::ReturnTo;
use crate::Exeunt;

/// `{login_url}`, absolute. A foreign `redirect_uri` becomes the first page; a missing one is 422.
pub async fn get(State(exeunt): State<Exeunt>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let Some((_, wanted)) =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "redirect_uri")
    else {
        let body = serde_json::json!({"detail": {"error": "missing_parameter", "message": "redirect_uri is missing"}});
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
    };
    let return_to = ReturnTo::parse(&wanted, exeunt.public_url());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", return_to.as_str())
        .finish();
    Json(serde_json::json!({"login_url": exeunt.public_url().absolute(&format!("/auth/login?{query}"))}))
        .into_response()
}
