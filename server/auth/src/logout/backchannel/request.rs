//! What arrives at the endpoint, down to the logout token in it.
//!
//! [Back-Channel Logout 1.0, section 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)

use std::{future::poll_fn, pin::pin, time::Duration};

use axum::body::{Body, HttpBody};
use http::{HeaderMap, StatusCode, header};

/// The longest body that is read, in bytes: more than any token that was seen, many times over.
pub const BODY_LIMIT: usize = 64 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no logout token in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It is no form.
    #[error("the body must be application/x-www-form-urlencoded")]
    MediaType,
    /// It is longer than [`BODY_LIMIT`].
    #[error("the body is longer than {BODY_LIMIT} bytes")]
    TooLong,
    /// The body broke off, or took longer than [`BODY_TIMEOUT`].
    #[error("the body did not arrive")]
    Incomplete,
    /// No parameter `logout_token` is in the body, or it is empty. One in the address does not count: addresses are logged.
    #[error("the parameter logout_token is missing in the body")]
    Missing,
    /// There are several: which of them was meant is anybody's guess.
    #[error("the parameter logout_token is there more than once")]
    Repeated,
}

impl RequestError {
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Incomplete | Self::Missing | Self::Repeated => StatusCode::BAD_REQUEST,
        }
    }
}

/// Finds the logout token in a form. Other parameters are ignored.
///
/// # Errors
///
/// Unless it is there exactly once.
pub fn find_logout_token(form: &[u8]) -> Result<String, RequestError> {
    let mut found = url::form_urlencoded::parse(form)
        .filter_map(|(name, value)| (name == "logout_token").then_some(value));
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(RequestError::Repeated),
        (Some(token), None) if !token.is_empty() => Ok(token.into_owned()),
        (_, None) | (None, Some(_)) => Err(RequestError::Missing),
    }
}

/// Reads a request. What says beforehand that it is too long is not read at all, and nothing is ever decompressed.
///
/// # Errors
///
/// If there is no logout token in it, or not in time.
pub(super) async fn read_logout_token(headers: &HeaderMap, body: Body) -> Result<String, RequestError> {
    if !is_form(headers) {
        return Err(RequestError::MediaType);
    }
    if body.size_hint().lower() > u64::try_from(BODY_LIMIT).unwrap_or(u64::MAX) {
        return Err(RequestError::TooLong);
    }
    let bytes = tokio::time::timeout(BODY_TIMEOUT, read_body(body))
        .await
        .map_err(|_| RequestError::Incomplete)??;
    find_logout_token(&bytes)
}

async fn read_body(body: Body) -> Result<Vec<u8>, RequestError> {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let Ok(data) = frame.map_err(|_| RequestError::Incomplete)?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > BODY_LIMIT {
            return Err(RequestError::TooLong);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    value
        .to_str()
        .ok()
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| {
            essence
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_41_the_token_is_there_exactly_once() {
        for (form, expected) in [
            ("logout_token=a.b.c", Ok("a.b.c")),
            ("ignored_parameter=x&logout_token=a%2Eb.c&y", Ok("a.b.c")),
            ("logout%5Ftoken=a.b.c", Ok("a.b.c")),
            ("", Err(RequestError::Missing)),
            ("logout_token", Err(RequestError::Missing)),
            ("logout_token=", Err(RequestError::Missing)),
            ("Logout_Token=a.b.c", Err(RequestError::Missing)),
            ("logout_token[]=a.b.c", Err(RequestError::Missing)),
            (
                "logout_token=a.b.c&logout_token=a.b.c",
                Err(RequestError::Repeated),
            ),
            ("logout_token=&logout_token=a.b.c", Err(RequestError::Repeated)),
        ] {
            let found = find_logout_token(form.as_bytes());
            assert_eq!(found.as_deref().map_err(|error| *error), expected, "{form}");
        }
    }
}
