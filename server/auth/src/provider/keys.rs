//! The provider's signing keys, fetched and judged apart.

use openidconnect::core::CoreJsonWebKeySet;
use url::Url;

use super::outbound::{Endpoint, Outbound, OutboundError};

/// Why there are no keys to verify with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// They could not be fetched.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The answer was not 200.
    #[error("the provider's key set answered with status {0}")]
    Status(u16),
    /// It is no key set.
    #[error("the provider's key set is malformed: {0}")]
    Malformed(String),
    /// It holds more keys than anybody needs.
    #[error("the provider's key set holds {0} keys, more than {MOST_KEYS}")]
    TooMany(usize),
    /// The last try failed a moment ago; they are not asked for again yet.
    #[error("the provider's key set could not be fetched a moment ago")]
    Recently,
}

/// The most keys that are accepted: each may have to be tried.
pub const MOST_KEYS: usize = 100;

/// Gets the key set's bytes.
///
/// # Errors
///
/// If there is no answer, or none with status 200.
pub async fn fetch_keys(outbound: &Outbound, jwks_uri: &Url) -> Result<Vec<u8>, KeysError> {
    let answer = outbound.to(Endpoint::Jwks).get(jwks_uri.as_str(), None).await?;
    if answer.status() != http::StatusCode::OK {
        return Err(KeysError::Status(answer.status().as_u16()));
    }
    Ok(answer.into_body())
}

/// Reads a key set. Keys of unknown kinds are skipped, and so are RSA keys under 2048 bits.
///
/// # Errors
///
/// If it is no key set, or an absurdly long one.
pub fn validate_keys(bytes: &[u8]) -> Result<CoreJsonWebKeySet, KeysError> {
    let mut document: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|error| KeysError::Malformed(error.to_string()))?;
    let keys = document
        .get_mut("keys")
        .and_then(serde_json::Value::as_array_mut)
        .ok_or_else(|| KeysError::Malformed("it has no list \"keys\"".to_owned()))?;
    if keys.len() > MOST_KEYS {
        return Err(KeysError::TooMany(keys.len()));
    }
    keys.retain(|key| !is_weak(key));
    serde_json::from_value(document).map_err(|error| KeysError::Malformed(error.to_string()))
}

/// RSA under 2048 bits: the modulus takes fewer than 342 characters of base64.
fn is_weak(key: &serde_json::Value) -> bool {
    key.get("kty").and_then(serde_json::Value::as_str) == Some("RSA")
        && key
            .get("n")
            .and_then(serde_json::Value::as_str)
            .is_none_or(|modulus| modulus.trim_end_matches('=').len() < 342)
}
