//! The provider's metadata and its key set.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use serde_json::json;

use crate::keys::{Object, object};
use crate::provider::Provider;

/// [OpenID Connect Discovery 1.0, section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig).
pub(crate) async fn metadata(State(provider): State<Arc<Provider>>) -> Response {
    let url = |path: &str| provider.issuer.url(path);
    let endpoints = &provider.endpoints;
    let mut metadata = object(json!({
        "issuer": provider.issuer.identifier,
        "authorization_endpoint": url(endpoints.authorize),
        "token_endpoint": url(endpoints.token),
        "userinfo_endpoint": url(endpoints.userinfo),
        "jwks_uri": url(endpoints.jwks),
        "scopes_supported": ["openid", "profile", "email", "roles", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "sid", "at_hash", "name", "email",
            "email_verified", "roles"
        ],
        "prompt_values_supported": ["none", "login", "select_account"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
    }));
    if let Some(revocation) = endpoints.revocation {
        metadata.insert("revocation_endpoint".to_owned(), url(revocation).into());
        metadata.insert(
            "revocation_endpoint_auth_methods_supported".to_owned(),
            json!(["client_secret_basic", "client_secret_post", "none"]),
        );
    }
    if let Some(end_session) = endpoints.end_session {
        metadata.insert("end_session_endpoint".to_owned(), url(end_session).into());
    }
    if let Some(check_session) = endpoints.check_session {
        metadata.insert("check_session_iframe".to_owned(), url(check_session).into());
    }
    provider.conduct.discovery(&mut metadata);
    cacheable(metadata)
}

/// [RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5).
pub(crate) async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    let mut keys = provider.keys().published();
    provider.conduct.jwks(&mut keys);
    cacheable(keys)
}

fn cacheable(body: Object) -> Response {
    ([(CACHE_CONTROL, "public, max-age=300")], Json(body)).into_response()
}
