//! The sign-out at the platform, server to server: `POST {api}/auth/logout`.
//!
//! It ends what the platform holds on its side. What lies in the browser it cannot reach: the cookies that its answer removes
//! arrive here, and the sign-on behind the gateway ends only where the browser itself goes ([`front_channel_url`]).

use http::{HeaderMap, HeaderValue, StatusCode, header};
use openidconnect::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{
    api_url::{ApiUrl, PublicApiUrl},
    front_channel_url::{self, FrontChannelUrlError},
};
use crate::provider::outbound::{Endpoint, Outbound, OutboundError, Reason};

/// The path below the API.
const PATH: &str = "/auth/logout";

/// Asks. `forwarded`: what of the browser's request goes along.
///
/// # Errors
///
/// If there is no complete answer within the limits. The status is [`validate_logout`]'s to judge.
pub async fn fetch_logout(
    outbound: &Outbound,
    api_url: &ApiUrl,
    forwarded: HeaderMap,
    post_logout_redirect_uri: &str,
) -> Result<HttpResponse, OutboundError> {
    let unusable = || OutboundError::Unreachable {
        host: api_url.host(),
        reason: Reason::Address,
    };
    let body = serde_json::json!({"post_logout_redirect_uri": post_logout_redirect_uri}).to_string();
    let mut request: HttpRequest = http::Request::post(api_url.join(PATH))
        .body(body.into_bytes())
        .map_err(|_| unusable())?;
    *request.headers_mut() = forwarded;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    outbound.to(Endpoint::PlatformLogout).call(request).await
}

/// Why the platform's answer is no confirmation. Never holds a body, which may hold addresses with tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamLogoutError {
    /// There was no answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// It refused, or failed.
    #[error("the platform answered {0}")]
    Status(StatusCode),
    /// It answered 200 with something else than its answer to a sign-out: a page to sign in, say.
    #[error("the platform answered 200, but not with the JSON of a sign-out")]
    NotTheAnswer,
}

/// What the platform confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamLogout {
    /// Whether there was a session of this browser that it ended; some say so.
    pub had_session: bool,
    /// Where the browser goes next, if the platform said so and may say so.
    pub front_channel_logout_url: Option<Result<String, FrontChannelUrlError>>,
}

#[derive(Deserialize)]
struct Answer {
    front_channel_logout_url: Option<String>,
    session_termination_requested: Option<bool>,
    success: Option<bool>,
    message: Option<String>,
    logout_time: Option<serde::de::IgnoredAny>,
}

impl Answer {
    /// Some say whether there was a session. Where that is not said, it must at least be the answer to a sign-out.
    fn had_session(&self) -> bool {
        let is_of_a_sign_out =
            self.message.is_some() || self.logout_time.is_some() || self.front_channel_logout_url.is_some();
        self.success != Some(false) && self.session_termination_requested.unwrap_or(is_of_a_sign_out)
    }
}

/// Judges an answer: only 200 with the JSON object of a sign-out confirms one.
///
/// # Errors
///
/// If the platform did not confirm that it ended the session.
pub fn validate_logout(
    answer: &HttpResponse,
    public_api_url: &PublicApiUrl,
) -> Result<UpstreamLogout, UpstreamLogoutError> {
    if answer.status() != StatusCode::OK {
        return Err(UpstreamLogoutError::Status(answer.status()));
    }
    // As an object first: a structure would be read from a list too.
    let read: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(answer.body()).map_err(|_| UpstreamLogoutError::NotTheAnswer)?;
    let read: Answer = serde_json::from_value(read.into()).map_err(|_| UpstreamLogoutError::NotTheAnswer)?;
    Ok(UpstreamLogout {
        had_session: read.had_session(),
        front_channel_logout_url: read
            .front_channel_logout_url
            .map(|given| front_channel_url::validate(&given, public_api_url)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(status: u16, body: &str) -> Result<UpstreamLogout, UpstreamLogoutError> {
        let answer = http::Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap();
        validate_logout(&answer, &"https://k.example/api".parse().unwrap())
    }

    #[test]
    fn f8_3_only_the_answer_to_a_sign_out_confirms_one() {
        for (status, body) in [
            (500, "{}"),
            (405, "{}"),
            (401, "{}"),
            (302, "{}"),
            (204, ""),
            (201, "{}"),
            (200, "<!DOCTYPE html><title>Sign in</title>"),
            (200, "[]"),
            (200, "[null,null,null,null,null]"),
            (200, ""),
            (200, r#"{"front_channel_logout_url":7}"#),
        ] {
            assert!(judge(status, body).is_err(), "{status} {body}");
        }
        assert!(judge(200, r#"{"message":"Logged out"}"#).unwrap().had_session);
        assert!(
            judge(200, r#"{"session_termination_requested":true}"#)
                .unwrap()
                .had_session
        );
        for body in [
            r#"{"session_termination_requested":false}"#,
            "{}",
            r#"{"detail":"not signed in"}"#,
            r#"{"success":false,"message":"no"}"#,
        ] {
            assert!(!judge(200, body).unwrap().had_session, "{body}");
        }
    }

    #[test]
    fn k12_no_error_repeats_what_the_platform_wrote() {
        for body in [
            "{\"front_channel_logout_url\": [\"secret-token\"]}",
            "secret-token",
        ] {
            let error = judge(200, body).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
        let url = judge(
            200,
            r#"{"front_channel_logout_url":"https://evil.example/?t=secret"}"#,
        )
        .unwrap()
        .front_channel_logout_url;
        assert!(!format!("{url:?}").contains("secret"), "{url:?}");
    }
}
