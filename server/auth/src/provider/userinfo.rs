//! The userinfo endpoint: more about the person, if it is the same person.
//! [OpenID Connect Core 1.0, section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)

use serde_json::{Map, Value};
use url::Url;

use super::outbound::{Endpoint, Outbound, OutboundError};

/// Why userinfo is not used. A login goes on without it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserinfoError {
    /// It could not be fetched.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The answer was not 200.
    #[error("userinfo answered with status {0}")]
    Status(u16),
    /// It is no JSON object.
    #[error("userinfo is not a JSON object")]
    Malformed,
    /// `sub` is missing or another person's.
    /// [OpenID Connect Core 1.0, section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)
    #[error("userinfo is about another subject")]
    Subject,
}

/// Gets the bytes.
///
/// # Errors
///
/// If there is no answer, or none with status 200.
pub async fn fetch_userinfo(
    outbound: &Outbound,
    endpoint: &Url,
    access_token: &str,
) -> Result<Vec<u8>, UserinfoError> {
    let answer = outbound
        .to(Endpoint::Userinfo)
        .get(endpoint.as_str(), Some(access_token))
        .await?;
    if answer.status() != http::StatusCode::OK {
        return Err(UserinfoError::Status(answer.status().as_u16()));
    }
    Ok(answer.into_body())
}

/// Judges userinfo: it must be about `sub`.
///
/// # Errors
///
/// If it is not, or not JSON.
pub fn validate_userinfo(bytes: &[u8], sub: &str) -> Result<Map<String, Value>, UserinfoError> {
    let claims: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| UserinfoError::Malformed)?;
    if claims.get("sub").and_then(Value::as_str) == Some(sub) {
        Ok(claims)
    } else {
        Err(UserinfoError::Subject)
    }
}
