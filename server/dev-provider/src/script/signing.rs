//! How tokens are signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::json;

use super::key_pool;
use crate::keys::{Keys, Object, SigningKey, object, signing_input};

/// How tokens are signed, rightly or wrongly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// RS256 by the provider's RSA key.
    #[default]
    Normal,
    /// ES256, validly, by a key that is in the key set.
    Es256,
    /// RS256 by a key that is not in the key set.
    StrangerRsa,
    /// As [`StrangerRsa`](Self::StrangerRsa), under the `kid` of the provider's own RSA key.
    StrangerRsaWithKnownKid,
    /// HS256 with the client's secret.
    Hs256ClientSecret,
    /// HS256 with the PEM of the provider's RSA public key as the secret.
    Hs256PublicKey,
    /// `alg: none` and an empty signature.
    None,
    /// RS256 by the right key, one bit of the signature turned.
    Corrupted,
}

impl Signing {
    /// The header a token signed in this way has, before any hook.
    pub(super) fn header(self, keys: &Keys) -> Object {
        match self {
            Self::Normal | Self::Corrupted | Self::StrangerRsaWithKnownKid => keys.rsa.header(),
            Self::Es256 => keys.ec.header(),
            Self::StrangerRsa => key_pool::stranger().header(),
            Self::Hs256ClientSecret => object(json!({ "typ": "JWT", "alg": "HS256" })),
            // With the kid of the key it abuses, as an attacker would have it.
            Self::Hs256PublicKey => object(json!({ "typ": "JWT", "alg": "HS256", "kid": keys.rsa.kid })),
            Self::None => object(json!({ "typ": "JWT", "alg": "none" })),
        }
    }

    pub(super) fn sign(
        self,
        keys: &Keys,
        client_secret: &str,
        header: &Object,
        claims: &Object,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let hmac = |secret: &[u8]| {
            let input = signing_input(header, claims);
            let signature = crypto::sign(
                input.as_bytes(),
                &EncodingKey::from_secret(secret),
                Algorithm::HS256,
            )?;
            Ok(format!("{input}.{signature}"))
        };
        match self {
            Self::Normal => keys.rsa.sign(header, claims),
            Self::Es256 => keys.ec.sign(header, claims),
            Self::StrangerRsa | Self::StrangerRsaWithKnownKid => key_pool::stranger().sign(header, claims),
            Self::Hs256ClientSecret => hmac(client_secret.as_bytes()),
            Self::Hs256PublicKey => hmac(keys.rsa.public_pem.as_bytes()),
            Self::None => Ok(format!("{}.", signing_input(header, claims))),
            Self::Corrupted => corrupted(&keys.rsa, header, claims),
        }
    }
}

fn corrupted(
    key: &SigningKey,
    header: &Object,
    claims: &Object,
) -> Result<String, jsonwebtoken::errors::Error> {
    let token = key.sign(header, claims)?;
    let (input, signature) = token.rsplit_once('.').unwrap_or((&token, ""));
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    if let Some(byte) = bytes.get_mut(17) {
        *byte ^= 1;
    }
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(bytes)))
}
