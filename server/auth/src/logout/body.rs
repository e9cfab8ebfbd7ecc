//! The body of `POST /api/auth/logout`, read by its exact media type and never as another.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{login::start::see_other, site::Site};

/// The path of the logout server function, below the base path.
pub const LOGOUT_PATH: &str = "/api/auth/logout";

/// The longest body that is read.
const LONGEST_BODY: usize = 16 * 1024;

/// How far a sign-out reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This app, in this browser; the provider is kept.
    App,
    /// And the provider's session in this browser.
    #[default]
    Browser,
    /// And all the person's other sessions in this app.
    Everywhere,
}

/// What a sign-out was asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// How far.
    #[serde(default)]
    pub scope: Scope,
    /// Where the person wants to go on to. Ignored unless on the allow-list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uri: Option<String>,
}

/// Why a body cannot be read. Nothing was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// It is neither JSON nor a form.
    #[error("the body must be application/json or application/x-www-form-urlencoded, or empty")]
    MediaType,
    /// It is not what its media type says, or names an unknown scope.
    #[error("the body is malformed, or its scope is none of app, browser, everywhere")]
    Malformed,
    /// It is longer than anything sensible.
    #[error("the body is too long")]
    TooLong,
}

impl BodyError {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// Reads a body by its media type. An empty one asks for the default, whatever its type says.
///
/// # Errors
///
/// If the type is none of ours, or the body not of its type.
pub fn parse_body(content_type: Option<&str>, body: &[u8]) -> Result<LogoutRequest, BodyError> {
    parse(content_type, body)
}

fn parse<T: Default + DeserializeOwned>(content_type: Option<&str>, body: &[u8]) -> Result<T, BodyError> {
    if body.is_empty() {
        return Ok(T::default());
    }
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase());
    match essence.as_deref() {
        Some("application/json") => serde_json::from_slice(body).map_err(|_| BodyError::Malformed),
        Some("application/x-www-form-urlencoded") => {
            serde_urlencoded::from_bytes(body).map_err(|_| BodyError::Malformed)
        }
        _ => Err(BodyError::MediaType),
    }
}

/// Whether the caller is a form that shows what it gets, not a script that reads it.
#[must_use]
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

/// The layer in front of the server function: whatever came in, a form goes on; whatever the function answers, a caller
/// without scripts is led to a page of ours. `Referer` goes no further: server functions would redirect there (I7).
pub(crate) async fn normalize<F>(site: &Site, request: Request, inside: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    if request.uri().path() != LOGOUT_PATH || request.method() != http::Method::POST {
        return inside(request).await;
    }
    let html = wants_html(request.headers());
    let (mut parts, body) = request.into_parts();
    let request = match read::<LogoutRequest>(&parts.headers, body).await {
        Ok(request) => request,
        // What a form sent and we cannot read leads to a page of ours, as everything does that a form sends.
        Err(BodyError::Malformed) if html && is_form(&parts.headers) => {
            return see_other(&site.public_url().rooted("/logged-out"))
                .unwrap_or_else(|| refuse(BodyError::Malformed));
        }
        Err(error) => return refuse(error),
    };
    let form = serde_urlencoded::to_string(&request).unwrap_or_default();
    parts.headers.remove(header::REFERER);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let mut response = inside(Request::from_parts(parts, Body::from(form))).await;
    if html && response.status() != StatusCode::SEE_OTHER {
        tracing::error!(target: "exeunt::logout", status = response.status().as_u16(), "a sign-out by form got no redirect");
        if let Some(mut redirect) = see_other(&site.public_url().rooted("/logged-out")) {
            for cookie in response.headers().get_all(header::SET_COOKIE) {
                redirect.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            response = redirect;
        }
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// Reads what an acting request of this crate was asked to do, by its media type.
pub(crate) async fn read<T: Default + DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
) -> Result<T, BodyError> {
    let bytes: Bytes = axum::body::to_bytes(body, LONGEST_BODY)
        .await
        .map_err(|_| BodyError::TooLong)?;
    parse(
        headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok()),
        &bytes,
    )
}

fn refuse(error: BodyError) -> Response {
    let body = serde_json::json!({"detail": {"error": "invalid_request", "message": error.to_string()}});
    (
        error.status(),
        [(header::CACHE_CONTROL, "no-store")],
        axum::Json(body),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_by_its_exact_media_type_and_never_as_another() {
        let json = br#"{"scope":"everywhere"}"#;
        let form = b"scope=everywhere";
        let everywhere = LogoutRequest {
            scope: Scope::Everywhere,
            post_logout_redirect_uri: None,
        };
        assert_eq!(parse_body(Some("application/json"), json), Ok(everywhere.clone()));
        assert_eq!(
            parse_body(Some("Application/JSON; charset=utf-8"), json),
            Ok(everywhere.clone())
        );
        assert_eq!(
            parse_body(Some("application/x-www-form-urlencoded"), form),
            Ok(everywhere)
        );
        for (content_type, body, error) in [
            (Some("application/json"), &form[..], BodyError::Malformed),
            (
                Some("application/x-www-form-urlencoded"),
                b"scope=nowhere",
                BodyError::Malformed,
            ),
            (
                Some("application/json"),
                br#"{"scope":"nowhere"}"#,
                BodyError::Malformed,
            ),
            (Some("application/json"), b"{", BodyError::Malformed),
            (Some("text/plain"), json, BodyError::MediaType),
            (Some("application/jsonp"), json, BodyError::MediaType),
            (
                Some("multipart/form-data; boundary=x"),
                form,
                BodyError::MediaType,
            ),
            (None, json, BodyError::MediaType),
        ] {
            assert_eq!(parse_body(content_type, body), Err(error), "{content_type:?}");
        }
        for empty in [None, Some("text/plain"), Some("application/json")] {
            assert_eq!(parse_body(empty, b""), Ok(LogoutRequest::default()));
        }
    }
}
