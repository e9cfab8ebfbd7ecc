//! The frame that a relying party's page asks whether the session changed:
//! [OpenID Connect Session Management 1.0, section 3.2](https://openid.net/specs/openid-connect-session-1_0.html#OPiframe).
//!
//! A browser that keeps cookies from frames of other sites lets it see none, and it answers `changed` each time
//! ([section 5.1](https://openid.net/specs/openid-connect-session-1_0.html#ThirdPartyContent)): so it does between
//! `localhost` and `127.0.0.1`.

use std::sync::{Arc, LazyLock, PoisonError};

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use sha2::{Digest as _, Sha256};

use crate::client::origin;
use crate::provider::Provider;

const SCRIPT: &str = include_str!("check_session.js");

static SCRIPT_SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(SCRIPT))));

/// The page. Only pages of registered relying parties may frame it.
pub(crate) async fn check_session(State(provider): State<Arc<Provider>>) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Session check</title>\n\
         <script>{SCRIPT}</script>\n</head>\n<body></body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; script-src {}; base-uri 'none'; frame-ancestors {}",
        *SCRIPT_SOURCE,
        ancestors(&provider)
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy)
                .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
        ),
    ];
    (headers, html).into_response()
}

/// The origins of the redirect URIs.
fn ancestors(provider: &Provider) -> String {
    let clients = provider.clients.read().unwrap_or_else(PoisonError::into_inner);
    let mut origins: Vec<String> = clients
        .iter()
        .flat_map(|client| &client.redirect_uris)
        .filter_map(|uri| origin(uri))
        .collect();
    origins.sort_unstable();
    origins.dedup();
    if origins.is_empty() {
        "'none'".to_owned()
    } else {
        origins.join(" ")
    }
}
