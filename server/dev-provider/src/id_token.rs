//! ID tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::client::Client;
use crate::config::User;
use crate::keys::object;
use crate::provider::Provider;
use crate::random::RandomSourceFailed;
use crate::records::Grant;

/// Why an ID token or a logout token could not be issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssueError {
    /// The key refused.
    #[error("the token could not be signed")]
    Signing(#[from] jsonwebtoken::errors::Error),
    /// The system gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
}

/// What an ID token is issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion<'a> {
    /// A code, asked for with this `nonce`.
    Code { nonce: Option<&'a str> },
    /// A refresh: [OpenID Connect Core 1.0, section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
    Refresh,
}

/// An ID token: [OpenID Connect Core 1.0, section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
///
/// A refreshed one should have no `nonce`:
/// [section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
pub(crate) fn issue(
    provider: &Provider,
    client: &Client,
    user: &User,
    grant: &Grant,
    occasion: Occasion<'_>,
    access_token: &str,
) -> Result<String, IssueError> {
    let now = provider.now();
    let mut claims = object(json!({
        "iss": provider.issuer.identifier,
        "sub": user.sub,
        "aud": client.client_id,
        "azp": client.client_id,
        "exp": now + provider.lifetimes.id_token,
        "iat": now,
        "auth_time": grant.auth_time,
        "sid": grant.sid,
        "at_hash": at_hash(access_token),
        "name": user.name,
        "email": user.email,
        "email_verified": true,
        "roles": user.roles,
    }));
    if let Occasion::Code { nonce: Some(nonce) } = occasion {
        claims.insert("nonce".to_owned(), nonce.into());
    }
    provider
        .conduct
        .id_token(&provider.keys(), client, occasion, claims)
}

/// The left half of the hash:
/// [OpenID Connect Core 1.0, section 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken).
fn at_hash(access_token: &str) -> String {
    let hash = Sha256::digest(access_token);
    URL_SAFE_NO_PAD.encode(hash.iter().take(16).copied().collect::<Vec<u8>>())
}
