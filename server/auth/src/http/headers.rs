//! Security headers on every response.

use std::sync::LazyLock;

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use url::Url;

use crate::site::Site;

/// The content security policy. Scripts run only with the nonce; a page without one runs none.
///
/// `form_action`: more origins that a form of this page may go to, with spaces between (only the page that leaves for the provider has one).
#[must_use]
pub fn content_security_policy(nonce: Option<&str>, form_action: Option<&str>) -> String {
    let scripts = nonce.map_or_else(
        || "script-src 'none'".to_owned(),
        |nonce| format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"),
    );
    let form_action = form_action.map_or_else(
        || "form-action 'self'".to_owned(),
        |origins| format!("form-action 'self' {origins}"),
    );
    format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'; {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )
}

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// In a response's extensions: pages of these origins may show it in a frame. It then loads nothing and leads nowhere. Of
/// all answers only that of the front-channel logout has it; what lacks it is framed by nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramedBy(Vec<String>);

impl FramedBy {
    /// The origins of these addresses, each once.
    pub fn new(addresses: impl IntoIterator<Item = Url>) -> Self {
        let mut origins = Vec::new();
        for address in addresses {
            let origin = address.origin();
            let written = origin.ascii_serialization();
            if origin.is_tuple() && !origins.contains(&written) {
                origins.push(written);
            }
        }
        Self(origins)
    }

    fn content_security_policy(&self) -> String {
        let ancestors = if self.0.is_empty() {
            "'none'".to_owned()
        } else {
            self.0.join(" ")
        };
        format!("default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}")
    }
}

/// Lets pages of one origin, the provider's, into frames of the page: where it watches the provider's session.
/// [Session Management 1.0, section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe)
#[must_use]
pub fn allow_frames_of(policy: &str, origin: &str) -> String {
    format!("{policy}; frame-src {origin}")
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
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
    // Nothing that knows who is signed in may be kept; what may be (static files) says so itself.
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds the security headers that a response does not set itself.
#[must_use]
pub fn secure(site: &Site, mut response: Response) -> Response {
    // It stays in the response: it may come by here more than once.
    let framed_by = response.extensions().get::<FramedBy>().cloned();
    let headers = response.headers_mut();
    if framed_by.is_some() {
        // A page that isolates itself from other origins shows nothing without.
        headers.insert(
            CROSS_ORIGIN_RESOURCE_POLICY,
            HeaderValue::from_static("cross-origin"),
        );
    }
    for (name, value) in ALWAYS {
        // It knows only "nobody" and "the same origin", and is obeyed beside `frame-ancestors` by some.
        if framed_by.is_none() || name != header::X_FRAME_OPTIONS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
    if let header::Entry::Vacant(place) = headers.entry(header::CONTENT_SECURITY_POLICY) {
        let policy = framed_by.map_or_else(
            || NOTHING.clone(),
            |framed_by| HeaderValue::try_from(framed_by.content_security_policy()).ok(),
        );
        if let Some(policy) = policy {
            place.insert(policy);
        }
    }
    if site.public_url().is_secure() {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The policy of what is no page.
static NOTHING: LazyLock<Option<HeaderValue>> =
    LazyLock::new(|| HeaderValue::try_from(content_security_policy(None, None)).ok());
