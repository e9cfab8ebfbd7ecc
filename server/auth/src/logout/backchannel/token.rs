//! The judgement of a logout token: pure, with keys, expected values, policy and time as parameters.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use serde_json::{Map, Value};

use super::{
    LogoutTokenError,
    claims::{Claims, check_claims},
    header::check_header,
    json::parse_object,
    signature::check_signature,
};
use crate::{
    clock::Timestamp,
    config::{IdTokenAlg, LogoutTokenPolicy},
    provider::{id_token::LEEWAY, metadata::signing_algorithm},
};

/// What a logout token is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer, to the letter.
    pub issuer: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// The one algorithm that is accepted: that of our ID tokens. One that is not in [`IdTokenAlg`] verifies nothing.
    pub alg: &'a CoreJwsSigningAlgorithm,
}

/// A logout token that passed every rule.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedLogoutToken {
    iss: String,
    claims: Claims,
}

impl std::fmt::Debug for VerifiedLogoutToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifiedLogoutToken")
    }
}

impl VerifiedLogoutToken {
    /// The issuer.
    #[must_use]
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// Whose sessions end. Never absent together with [`Self::sid`].
    #[must_use]
    pub fn sub(&self) -> Option<&str> {
        self.claims.sub.as_deref()
    }

    /// Which of the provider's sessions ended; `None`: all of [`Self::sub`].
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.claims.sid.as_deref()
    }

    /// What tells this token from every other of the issuer.
    #[must_use]
    pub fn jti(&self) -> &str {
        &self.claims.jti
    }

    /// When it was issued, by the provider's clock.
    #[must_use]
    pub const fn iat(&self) -> Timestamp {
        self.claims.iat
    }

    /// Until when its [`jti`](Self::jti) has to be remembered: from then on it is refused as too old, by those instances too whose
    /// clocks are behind, and by one that judged it just before and acts just now.
    #[must_use]
    pub fn remember_until(&self) -> Timestamp {
        self.claims.good_until + LEEWAY
    }

    /// Whether refresh tokens with `offline_access` are to be revoked too, which they normally are not: Keycloak's
    /// `revoke_offline_access`.
    /// [Back-Channel Logout 1.0, section 2.7](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions)
    #[must_use]
    pub const fn revoke_offline_access(&self) -> bool {
        self.claims.revoke_offline_access
    }
}

/// Judges a logout token by
/// [Back-Channel Logout 1.0, section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation).
///
/// The signature comes last, because it costs the most: what is refused for anything else costs no cryptography, and only
/// a token that is right in everything else is worth fetching keys for. Nothing of a token is used before all has passed.
///
/// # Errors
///
/// A rule that it breaks; the first that is looked at.
pub fn verify_logout_token(
    raw: &str,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
    policy: &LogoutTokenPolicy,
    now: Timestamp,
) -> Result<VerifiedLogoutToken, LogoutTokenError> {
    let alg = IdTokenAlg::ALL
        .into_iter()
        .find(|alg| signing_algorithm(*alg) == *expected.alg)
        .ok_or(LogoutTokenError::Algorithm)?;
    // One more than the five of an encrypted one, to tell that from what is nothing at all.
    let parts: Vec<&str> = raw.splitn(6, '.').collect();
    let (header, claims, signature) = match parts[..] {
        [header, claims, signature] => (header, claims, signature),
        [_, _, _, _, _] => return Err(LogoutTokenError::Encrypted),
        _ => return Err(LogoutTokenError::Malformed),
    };
    let kid = check_header(&object(header)?, alg, policy)?;
    let checked = check_claims(&object(claims)?, expected, policy, now)?;
    let input_length = header.len() + 1 + claims.len();
    let input = raw.get(..input_length).ok_or(LogoutTokenError::Malformed)?;
    check_signature(input.as_bytes(), &decode(signature)?, kid.as_deref(), alg, keys)?;
    Ok(VerifiedLogoutToken {
        iss: expected.issuer.to_owned(),
        claims: checked,
    })
}

fn object(part: &str) -> Result<Map<String, Value>, LogoutTokenError> {
    parse_object(&decode(part)?)
}

fn decode(part: &str) -> Result<Vec<u8>, LogoutTokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| LogoutTokenError::Malformed)
}
