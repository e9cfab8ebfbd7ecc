//! The userinfo endpoint.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::config::User;
use crate::keys::object;
use crate::provider::Provider;

/// [OpenID Connect Core 1.0, section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo).
pub(crate) async fn userinfo(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let Some(user) = bearer(&headers).and_then(|token| bearer_of(&provider, token)) else {
        let challenge = "Bearer error=\"invalid_token\"";
        return (
            StatusCode::UNAUTHORIZED,
            [(WWW_AUTHENTICATE, challenge), (CACHE_CONTROL, "no-store")],
        )
            .into_response();
    };
    let mut claims = object(json!({
        "sub": user.sub,
        "name": user.name,
        "email": user.email,
        "email_verified": true,
        "roles": user.roles,
    }));
    provider.conduct.userinfo(&mut claims);
    ([(CACHE_CONTROL, "no-store")], Json(claims)).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn bearer_of<'a>(provider: &'a Provider, access_token: &str) -> Option<&'a User> {
    let now = provider.now();
    let records = provider.records();
    let grant = records.live_grant(records.access_tokens.get(access_token, now)?, now)?;
    provider.user(&grant.sub)
}
