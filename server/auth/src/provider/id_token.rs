//! The judgement of an ID token: pure, with keys, expected values and time as parameters.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IssuerUrl, Nonce,
    SignatureVerificationError,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use crate::clock::Timestamp;

/// How far the provider's clock may be off.
pub const LEEWAY: Duration = Duration::from_secs(60);

/// Why an ID token is refused: one variant for each rule of
/// [OpenID Connect Core 1.0, section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenError {
    /// It is not a signed JWT with the required claims (`iss`, `sub`, `aud`, `exp`, `iat`).
    #[error("the ID token is malformed")]
    Malformed,
    /// `iss` is not the issuer. Rule 2.
    #[error("the ID token names another issuer")]
    Issuer,
    /// `aud` does not contain our client id. Rule 3.
    #[error("the ID token is for another client")]
    Audience,
    /// `aud` names others besides us, `azp` does not say that we asked for it, and they are not in
    /// `EXEUNT_TRUSTED_AUDIENCES`. Rule 3.
    #[error("the ID token is also for audiences that are not trusted")]
    UntrustedAudience,
    /// `azp` is another client. Rules 4 and 5.
    #[error("the ID token was issued to another party")]
    AuthorizedParty,
    /// The signature is missing, wrong, or by an algorithm that is not ours. Rules 6 to 8.
    #[error("the ID token's signature does not hold")]
    Signature,
    /// Signed with a key that is not in the set: the set may have been rotated.
    #[error("the ID token is signed with an unknown key")]
    UnknownKey,
    /// `exp` has passed. Rule 9.
    #[error("the ID token has expired; check the clocks of this server and of the provider")]
    Expired,
    /// `iat` is in the future. Rule 10.
    #[error("the ID token comes from the future; check the clocks of this server and of the provider")]
    IssuedInFuture,
    /// `iat` lies before it was asked for. Rule 10.
    #[error("the ID token is older than the sign-in; check the clocks of this server and of the provider")]
    IssuedTooEarly,
    /// `nonce` is missing or not the one that was sent. Rule 11.
    #[error("the ID token answers another sign-in")]
    Nonce,
    /// `at_hash` does not fit the access token.
    /// [OpenID Connect Core 1.0, section 3.1.3.8](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowTokenValidation)
    #[error("the ID token does not belong to the access token")]
    AccessTokenHash,
}

/// What an ID token is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer, to the letter.
    pub issuer: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// Audiences trusted besides us.
    pub trusted_audiences: &'a [String],
    /// The one algorithm that is accepted.
    pub alg: &'a CoreJwsSigningAlgorithm,
    /// What `nonce` may be.
    pub nonce: ExpectedNonce<'a>,
    /// When the sign-in began: the nonce did not exist before, so neither did the token. For a refreshed one: when the one
    /// before it was issued.
    pub asked_at: Timestamp,
    /// The access token that came with it.
    pub access_token: &'a str,
}

/// What `nonce` may be.
#[derive(Clone, Copy, Debug)]
pub enum ExpectedNonce<'a> {
    /// This one: it was sent.
    Sent(&'a str),
    /// None, or the one of the sign-in.
    /// [OpenID Connect Core 1.0, section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)
    SameOrNone(Option<&'a str>),
}

impl ExpectedNonce<'_> {
    fn allows(self, found: Option<&str>) -> bool {
        let same = |found: &str, sent: &str| bool::from(found.as_bytes().ct_eq(sent.as_bytes()));
        match (self, found) {
            (Self::Sent(sent) | Self::SameOrNone(Some(sent)), Some(found)) => same(found, sent),
            (Self::Sent(_), None) | (Self::SameOrNone(None), Some(_)) => false,
            (Self::SameOrNone(_), None) => true,
        }
    }
}

/// An ID token that passed every rule.
#[derive(Clone, PartialEq)]
pub struct VerifiedIdToken {
    raw: String,
    claims: Map<String, Value>,
}

impl std::fmt::Debug for VerifiedIdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifiedIdToken")
    }
}

impl VerifiedIdToken {
    /// The compact serialisation, exactly as received: the later `id_token_hint`.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// All its claims.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// A claim that is a text and not empty.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims
            .get(claim)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }
}

/// Judges an ID token.
///
/// # Errors
///
/// The first rule that it breaks.
pub fn validate_id_token(
    raw: &str,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<VerifiedIdToken, IdTokenError> {
    let token: CoreIdToken = raw.parse().map_err(|_| IdTokenError::Malformed)?;
    match verify(&token, keys.clone(), expected, now) {
        // No `kid`, or one that several keys bear: whichever of them verifies, verifies.
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::AmbiguousKeyId(
            _,
        ))) => {
            let mut last = IdTokenError::Signature;
            let verified = openidconnect_keys(keys).into_iter().any(|key| {
                match verify(&token, CoreJsonWebKeySet::new(vec![key]), expected, now) {
                    Ok(()) => true,
                    Err(error) => {
                        let error = explain(&error);
                        if !matches!(error, IdTokenError::UnknownKey | IdTokenError::Signature) {
                            last = error;
                        }
                        false
                    }
                }
            });
            if !verified {
                return Err(last);
            }
        }
        answer => answer.map_err(|error| explain(&error))?,
    }
    check_access_token_hash(&token, keys, expected)?;
    let claims = payload(raw).ok_or(IdTokenError::Malformed)?;
    check_audience(&claims, expected)?;
    Ok(VerifiedIdToken {
        raw: raw.to_owned(),
        claims,
    })
}

fn openidconnect_keys(keys: &CoreJsonWebKeySet) -> Vec<CoreJsonWebKey> {
    keys.keys().clone()
}

fn verify(
    token: &CoreIdToken,
    keys: CoreJsonWebKeySet,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<(), ClaimsVerificationError> {
    let issuer = IssuerUrl::new(expected.issuer.to_owned())
        .map_err(|_| ClaimsVerificationError::InvalidIssuer(String::new()))?;
    let earliest = moment(now - LEEWAY);
    let latest = moment(now + LEEWAY);
    let first = moment(expected.asked_at - LEEWAY);
    let verifier =
        CoreIdTokenVerifier::new_public_client(ClientId::new(expected.client_id.to_owned()), issuer, keys)
            .set_allowed_algs([expected.alg.clone()])
            .set_time_fn(move || earliest)
            .set_issue_time_verifier_fn(move |issued| {
                if issued > latest {
                    Err(FUTURE.to_owned())
                } else if issued < first {
                    Err(EARLY.to_owned())
                } else {
                    Ok(())
                }
            })
            // Judged below, where `azp` can be looked at too.
            .set_other_audience_verifier_fn(|_| true);
    let nonce = expected.nonce;
    token
        .claims(&verifier, |found: Option<&Nonce>| {
            if nonce.allows(found.map(|found| found.secret().as_str())) {
                Ok(())
            } else {
                Err("nonce".to_owned())
            }
        })
        .map(|_| ())
}

const FUTURE: &str = "issued in the future";
const EARLY: &str = "issued too early";

fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.millis()).unwrap_or_default()
}

fn explain(error: &ClaimsVerificationError) -> IdTokenError {
    match error {
        ClaimsVerificationError::Expired(reason) if reason == FUTURE => IdTokenError::IssuedInFuture,
        ClaimsVerificationError::Expired(reason) if reason == EARLY => IdTokenError::IssuedTooEarly,
        ClaimsVerificationError::Expired(_) => IdTokenError::Expired,
        ClaimsVerificationError::InvalidAudience(_) => IdTokenError::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => IdTokenError::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => IdTokenError::Nonce,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            IdTokenError::UnknownKey
        }
        ClaimsVerificationError::SignatureVerification(_) => IdTokenError::Signature,
        _ => IdTokenError::Malformed,
    }
}

/// Rules 3 to 5. The library leaves `azp` and the trust in other audiences to us.
fn check_audience(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let azp = match claims.get("azp") {
        None => None,
        Some(Value::String(azp)) if azp == expected.client_id => Some(azp),
        Some(_) => return Err(IdTokenError::AuthorizedParty),
    };
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many
            .iter()
            .map(|audience| audience.as_str().ok_or(IdTokenError::Audience))
            .collect::<Result<_, _>>()?,
        _ => return Err(IdTokenError::Audience),
    };
    if !audiences.contains(&expected.client_id) {
        return Err(IdTokenError::Audience);
    }
    let trusted = |audience: &&str| {
        *audience == expected.client_id || expected.trusted_audiences.iter().any(|one| one == audience)
    };
    if azp.is_none() && !audiences.iter().all(trusted) {
        return Err(IdTokenError::UntrustedAudience);
    }
    Ok(())
}

fn check_access_token_hash(
    token: &CoreIdToken,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
) -> Result<(), IdTokenError> {
    let Some(sent) = payload(&token.to_string())
        .and_then(|claims| claims.get("at_hash").and_then(Value::as_str).map(str::to_owned))
    else {
        return Ok(());
    };
    let access_token = AccessToken::new(expected.access_token.to_owned());
    let fits = openidconnect_keys(keys)
        .iter()
        .filter_map(|key| AccessTokenHash::from_token(&access_token, expected.alg, key).ok())
        .any(|hash| bool::from(hash.as_str().as_bytes().ct_eq(sent.as_bytes())));
    if fits {
        Ok(())
    } else {
        Err(IdTokenError::AccessTokenHash)
    }
}

/// The claims as they stand, unverified.
pub(crate) fn payload(raw: &str) -> Option<Map<String, Value>> {
    let middle = raw.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).ok()?).ok()
}
