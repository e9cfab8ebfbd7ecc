//! ID tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::config::{Client, User};
use crate::keys::object;
use crate::provider::Provider;
use crate::records::Grant;

/// Why an ID token could not be issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssueError {
    /// The key refused.
    #[error("the ID token could not be signed")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// An ID token: [OpenID Connect Core 1.0, section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
///
/// `nonce` is for the code's token only; a refreshed one should have none:
/// [section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
pub(crate) fn issue(
    provider: &Provider,
    client: &Client,
    user: &User,
    grant: &Grant,
    nonce: Option<&str>,
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
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), nonce.into());
    }
    provider.conduct.id_token(&provider.keys(), client, claims)
}

/// The left half of the hash:
/// [OpenID Connect Core 1.0, section 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken).
fn at_hash(access_token: &str) -> String {
    let hash = Sha256::digest(access_token);
    URL_SAFE_NO_PAD.encode(hash.iter().take(16).copied().collect::<Vec<u8>>())
}
