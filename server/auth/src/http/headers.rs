//! Security headers on every response.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

use crate::Exeunt;

/// The content security policy. Scripts run only with the nonce; a page without one runs none.
///
/// `form_action`: one more origin that a form of this page may go to (only the page that leaves for the provider has one).
#[must_use]
pub fn content_security_policy(nonce: Option<&str>, form_action: Option<&str>) -> String {
    let scripts = nonce.map_or_else(
        || "script-src 'none'".to_owned(),
        |nonce| format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"),
    );
    let form_action = form_action.map_or_else(
        || "form-action 'self'".to_owned(),
        |origin| format!("form-action 'self' {origin}"),
    );
    format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'; {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )
}

const ALWAYS: [(HeaderName, &str); 7] = [
    // With `no-referrer` a form of our own would send `Origin: null` and be refused.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
    // Nothing that knows who is signed in may be kept; what may be (static files) says so itself.
    (header::CACHE_CONTROL, "no-store"),
];

/// The layer: adds what the response does not say itself.
pub async fn secure(State(exeunt): State<Exeunt>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::try_from(content_security_policy(None, None)) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    if exeunt.public_url().is_secure() {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    response
}
