//! The revocation of a token at the provider.
//! [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::header;
use openidconnect::HttpResponse;
use serde::Deserialize;
use url::Url;

use super::{
    code::registered_error,
    outbound::{Endpoint, Outbound, OutboundError},
};
use crate::config::{ClientSecret, ProviderSettings};

/// What kind of token it is.
/// [RFC 7009, section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A refresh token.
    Refresh,
    /// An access token.
    Access,
}

impl TokenKind {
    const fn hint(self) -> &'static str {
        match self {
            Self::Refresh => "refresh_token",
            Self::Access => "access_token",
        }
    }
}

/// Why a token is not certainly revoked. Never holds the token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// No answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The provider asks for patience: the token still exists.
    /// [RFC 7009, section 2.2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1)
    #[error("the provider's revocation endpoint answered with status {status}")]
    Later {
        /// The status.
        status: u16,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The provider does not revoke tokens of this kind.
    #[error("the provider does not revoke tokens of this kind")]
    UnsupportedTokenType,
    /// The provider refuses the request; `invalid_client` is mended in the settings, so it is worth trying again later.
    #[error("the provider refused the revocation: {0}")]
    Refused(String),
}

impl RevocationError {
    /// Whether another try may go better.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Outbound(_) | Self::Later { .. } => true,
            Self::UnsupportedTokenType => false,
            Self::Refused(error) => error == "invalid_client",
        }
    }
}

/// Asks the provider to revoke a token.
///
/// # Errors
///
/// [`RevocationError`] unless it says that the token is good for nothing any more.
pub async fn revoke_token(
    outbound: &Outbound,
    endpoint: &Url,
    settings: &ProviderSettings,
    secret_in_body: bool,
    kind: TokenKind,
    token: &str,
) -> Result<(), RevocationError> {
    let request = revocation_request(endpoint, settings, secret_in_body, kind, token);
    judge_revocation(&outbound.to(Endpoint::Revocation).call(request).await?)
}

fn revocation_request(
    endpoint: &Url,
    settings: &ProviderSettings,
    secret_in_body: bool,
    kind: TokenKind,
    token: &str,
) -> openidconnect::HttpRequest {
    let client_id = settings.client_id.as_str();
    let secret = settings.client_secret.as_ref().map(ClientSecret::expose);
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token)
        .append_pair("token_type_hint", kind.hint());
    let mut request = http::Request::new(Vec::new());
    *request.method_mut() = http::Method::POST;
    // An address that is one in a `Url` is one in a `Uri`; were it not, the call would fail and nothing be claimed.
    *request.uri_mut() = endpoint.as_str().parse().unwrap_or_default();
    match secret {
        Some(secret) if !secret_in_body => {
            // Both parts are encoded before they are joined. [RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
            let encoded =
                |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let credentials = zeroize::Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret)));
            if let Ok(mut value) =
                http::HeaderValue::try_from(format!("Basic {}", STANDARD.encode(credentials.as_bytes())))
            {
                value.set_sensitive(true);
                request.headers_mut().insert(header::AUTHORIZATION, value);
            }
        }
        Some(secret) => {
            form.append_pair("client_id", client_id)
                .append_pair("client_secret", secret);
        }
        None => {
            form.append_pair("client_id", client_id);
        }
    }
    *request.body_mut() = form.finish().into_bytes();
    let headers = request.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    headers.insert(header::ACCEPT, http::HeaderValue::from_static("application/json"));
    request
}

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
}

fn judge_revocation(answer: &HttpResponse) -> Result<(), RevocationError> {
    let status = answer.status();
    // 200 for a token that was good and for one that is unknown: either way it is good for nothing now.
    if status.is_success() {
        return Ok(());
    }
    if status != http::StatusCode::BAD_REQUEST && status != http::StatusCode::UNAUTHORIZED {
        return Err(RevocationError::Later {
            status: status.as_u16(),
            retry_after: retry_after(answer),
        });
    }
    let error = serde_json::from_slice::<ErrorBody>(answer.body())
        .map(|body| registered_error(body.error))
        .unwrap_or_else(|_| "unknown_error".to_owned());
    // It is us whom it does not accept, whatever word it has for that.
    if status == http::StatusCode::UNAUTHORIZED {
        return Err(RevocationError::Refused("invalid_client".to_owned()));
    }
    match &*error {
        // Some say so of a token that has expired or was revoked before.
        "invalid_token" | "invalid_grant" => Ok(()),
        "unsupported_token_type" => Err(RevocationError::UnsupportedTokenType),
        _ => Err(RevocationError::Refused(error)),
    }
}

/// In seconds; a date is not read, since it would be by another clock.
fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let value = answer.headers().get(header::RETRY_AFTER)?;
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> HttpResponse {
        http::Response::builder()
            .status(status)
            .header("retry-after", "120")
            .body(body.as_bytes().to_vec())
            .unwrap()
    }

    #[test]
    fn f4_12_success_and_what_is_no_token_any_more_count_as_revoked() {
        assert!(judge_revocation(&answer(200, "")).is_ok());
        assert!(judge_revocation(&answer(400, r#"{"error":"invalid_token"}"#)).is_ok());
    }

    #[test]
    fn f4_11_what_may_pass_is_tried_again_and_nothing_else() {
        let cases = [
            (503, "", true),
            (500, "<html>", true),
            (302, "", true),
            (429, "", true),
            (401, r#"{"error":"invalid_client"}"#, true),
            (401, r#"{"error":"invalid_token"}"#, true),
            (400, r#"{"error":"unsupported_token_type"}"#, false),
            (400, r#"{"error":"invalid_request"}"#, false),
            (400, "not JSON", false),
        ];
        for (status, body, may_pass) in cases {
            let error = judge_revocation(&answer(status, body)).unwrap_err();
            assert_eq!(error.may_pass(), may_pass, "{status} {body}");
        }
        assert!(matches!(
            judge_revocation(&answer(503, "")),
            Err(RevocationError::Later { retry_after: Some(wait), .. }) if wait == Duration::from_secs(120)
        ));
    }

    #[test]
    fn i16_an_error_repeats_nothing_that_the_provider_wrote_freely() {
        let error = judge_revocation(&answer(400, r#"{"error":"The token SECRET is bad"}"#)).unwrap_err();
        assert!(!error.to_string().contains("SECRET"));
    }
}
