//! Unguessable values.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's random source failed")]
pub struct RandomSourceFailed;

/// 256 random bits in 43 characters of the base64url alphabet.
pub(crate) fn unguessable() -> Result<String, RandomSourceFailed> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| RandomSourceFailed)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
