//! The refresh: new tokens for a refresh token, and the judgement of the ID token that may come with them.
//! [OpenID Connect Core 1.0, section 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens)

use std::time::Duration;

use http::StatusCode;
use openidconnect::{
    HttpRequest, OAuth2TokenResponse, RefreshToken, RequestTokenError, TokenResponse,
    core::{CoreErrorResponseType, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreTokenResponse},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    code::{self, registered_error},
    id_token::{self, Expected, ExpectedNonce, IdTokenError, VerifiedIdToken},
    metadata::Metadata,
    outbound::{Endpoint, Outbound, OutboundError},
};
use crate::{clock::Timestamp, config::ProviderSettings};

/// Why there are no new tokens. Never holds a token or what the provider wrote in free text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The provider does not accept the refresh token any more: the grant is over, and with it the session.
    /// [RFC 6749, section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)
    #[error("the provider refuses to go on: invalid_grant")]
    InvalidGrant,
    /// No answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The provider has trouble of its own, or asks for patience. Says nothing about the grant, whatever stands in it.
    #[error("the provider's token endpoint answered with status {0}")]
    Status(u16),
    /// The provider refuses the request, not the grant: `invalid_client` and the like, mended in the settings.
    #[error("the provider refused the refresh: {0}")]
    Refused(String),
    /// The answer is not a token response.
    #[error("the provider's token endpoint did not answer as the specification says")]
    Malformed,
}

/// What a refresh gave. Its `Debug` shows none of it.
pub struct RefreshedTokens {
    /// A new ID token, not judged yet. Many providers send none.
    pub id_token: Option<String>,
    /// The new access token.
    pub access_token: String,
    /// The refresh token that takes the place of the one that was used; `None`: that one stays good.
    pub refresh_token: Option<String>,
    /// When the access token expires, if the provider said so.
    pub expires_at: Option<Timestamp>,
    /// How long it lived when it came, if the provider said so.
    pub life: Option<Duration>,
}

impl std::fmt::Debug for RefreshedTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshedTokens")
    }
}

/// Asks for new tokens. Never tried twice: a refresh token that rotates is good for one use.
///
/// # Errors
///
/// [`RefreshError`]. Only [`RefreshError::InvalidGrant`] says anything about the session.
pub async fn refresh_tokens(
    outbound: &Outbound,
    metadata: &Metadata,
    settings: &ProviderSettings,
    refresh_token: &str,
    now: Timestamp,
) -> Result<RefreshedTokens, RefreshError> {
    let client = code::client(metadata, settings);
    let outbound = outbound.to(Endpoint::Refresh);
    let call = move |request: HttpRequest| {
        let outbound = outbound.clone();
        async move {
            let answer = outbound.call(request).await.map_err(CallError::Outbound)?;
            let status = answer.status();
            if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                return Err(CallError::Status(status.as_u16()));
            }
            Ok(answer)
        }
    };
    let answer: Result<CoreTokenResponse, _> = client
        .exchange_refresh_token(&RefreshToken::new(refresh_token.to_owned()))
        .map_err(|_| RefreshError::Malformed)?
        .request_async(&call)
        .await;
    match answer {
        Ok(answer) => Ok(RefreshedTokens {
            id_token: answer.id_token().map(ToString::to_string),
            access_token: answer.access_token().secret().clone(),
            refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
            expires_at: answer.expires_in().map(|life| now + life),
            life: answer.expires_in(),
        }),
        Err(RequestTokenError::Request(CallError::Outbound(error))) => Err(RefreshError::Outbound(error)),
        Err(RequestTokenError::Request(CallError::Status(status))) => Err(RefreshError::Status(status)),
        Err(RequestTokenError::ServerResponse(answer)) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => Err(RefreshError::InvalidGrant),
            other => Err(RefreshError::Refused(registered_error(other.to_string()))),
        },
        Err(RequestTokenError::Parse(_, body)) => with_unreadable_id_token(&body, now),
        Err(RequestTokenError::Other(_)) => Err(RefreshError::Malformed),
    }
}

#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Outbound(OutboundError),
    #[error("status {0}")]
    Status(u16),
}

/// A token response that is unreadable for its ID token alone, one without `sub` say. The tokens are handed on, so that
/// the judgement can refuse them and they can be revoked.
pub(super) fn with_unreadable_id_token(body: &[u8], now: Timestamp) -> Result<RefreshedTokens, RefreshError> {
    #[derive(Deserialize)]
    struct Bare {
        access_token: String,
        token_type: String,
        refresh_token: Option<String>,
        expires_in: Option<u64>,
        id_token: String,
    }
    let bare: Bare = serde_json::from_slice(body).map_err(|_| RefreshError::Malformed)?;
    if !bare.token_type.eq_ignore_ascii_case("bearer") {
        return Err(RefreshError::Malformed);
    }
    let life = bare.expires_in.map(Duration::from_secs);
    Ok(RefreshedTokens {
        id_token: Some(bare.id_token),
        access_token: bare.access_token,
        refresh_token: bare.refresh_token,
        expires_at: life.map(|life| now + life),
        life,
    })
}

/// What is kept of a sign-in's ID token, since later ones are compared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its `nonce`.
    pub nonce: Option<String>,
    /// Its `auth_time`, in unix seconds.
    pub auth_time: Option<i64>,
    /// Its `azp`.
    pub azp: Option<String>,
    /// Its `iat`.
    pub issued_at: Timestamp,
}

impl Original {
    /// From its claims.
    #[must_use]
    pub fn of(claims: &Map<String, Value>) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            nonce: text("nonce"),
            auth_time: seconds(claims, "auth_time"),
            azp: text("azp"),
            issued_at: Timestamp::from_seconds(seconds(claims, "iat").unwrap_or_default()),
        }
    }

    /// From an ID token that was verified when it was stored.
    #[must_use]
    pub fn of_stored(raw: &str) -> Self {
        id_token::payload(raw).map_or_else(Self::default, |claims| Self::of(&claims))
    }
}

/// A NumericDate may have a fraction.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let claim = claims.get(name)?;
    claim
        .as_i64()
        .or_else(|| claim.as_f64().map(|seconds| seconds as i64))
}

/// Why a refreshed ID token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshedIdTokenError {
    /// It breaks a rule of every ID token; `iss`, `aud`, `nonce` and the signature are among these.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// `sub` is another person's.
    #[error("the refreshed ID token is about another subject")]
    Subject,
    /// `auth_time` is not that of the sign-in.
    #[error("the refreshed ID token stands for another sign-in")]
    AuthTime,
    /// `azp` came, went or changed.
    #[error("the refreshed ID token was issued to another party than the first one")]
    AuthorizedParty,
}

/// What a refreshed ID token is judged by.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedRefreshed<'a> {
    /// The issuer, to the letter.
    pub issuer: &'a str,
    /// The session's subject.
    pub sub: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// Audiences trusted besides us.
    pub trusted_audiences: &'a [String],
    /// The one algorithm that is accepted.
    pub alg: &'a CoreJwsSigningAlgorithm,
    /// What the sign-in's said.
    pub original: &'a Original,
    /// The access token that came with it.
    pub access_token: &'a str,
}

/// Judges a refreshed ID token: by the rules of every ID token, and by those of
/// [OpenID Connect Core 1.0, section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
///
/// Of the audiences, ours must be there; the others may change, since some providers name all clients of a project, under
/// the same conditions as at a sign-in.
///
/// # Errors
///
/// The first rule that it breaks. [`IdTokenError::UnknownKey`] asks for newer keys.
pub fn validate_refreshed_id_token(
    raw: &str,
    keys: &CoreJsonWebKeySet,
    expected: &ExpectedRefreshed<'_>,
    now: Timestamp,
) -> Result<VerifiedIdToken, RefreshedIdTokenError> {
    let original = expected.original;
    let verified = id_token::validate_id_token(
        raw,
        keys,
        &Expected {
            issuer: expected.issuer,
            client_id: expected.client_id,
            trusted_audiences: expected.trusted_audiences,
            alg: expected.alg,
            nonce: ExpectedNonce::SameOrNone(original.nonce.as_deref()),
            asked_at: original.issued_at,
            access_token: expected.access_token,
        },
        now,
    )?;
    let claims = verified.claims();
    if claims.get("sub").and_then(Value::as_str) != Some(expected.sub) {
        return Err(RefreshedIdTokenError::Subject);
    }
    if claims.get("azp").and_then(Value::as_str) != original.azp.as_deref() {
        return Err(RefreshedIdTokenError::AuthorizedParty);
    }
    if claims.contains_key("auth_time")
        && original.auth_time.is_some()
        && seconds(claims, "auth_time") != original.auth_time
    {
        return Err(RefreshedIdTokenError::AuthTime);
    }
    Ok(verified)
}
