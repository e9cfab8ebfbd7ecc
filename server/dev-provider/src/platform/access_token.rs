//! The access token: what the gateway's cookie holds.

use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

use super::sessions::GatewaySession;
use crate::config::User;
use crate::random::{RandomSourceFailed, unguessable};

/// Signs access tokens. Extensions that read the expiry from a token find it there; the platform itself looks a token up
/// among its sessions and believes none for its signature.
pub(super) struct AccessTokens(EncodingKey);

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessTokens")
    }
}

impl AccessTokens {
    pub(super) fn new() -> Result<Self, RandomSourceFailed> {
        Ok(Self(EncodingKey::from_secret(unguessable()?.as_bytes())))
    }

    /// A token for a session of `user` that lasts until `expires_at`, in unix seconds.
    pub(super) fn issue(
        &self,
        user: &User,
        session: &GatewaySession,
        expires_at: i64,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = json!({
            "sub": user.sub,
            "sid": session.id,
            "email": user.email,
            "name": user.name,
            "roles": user.roles,
            "iat": session.issued_at,
            "exp": expires_at,
        });
        jsonwebtoken::encode(&Header::default(), &claims, &self.0)
    }
}
