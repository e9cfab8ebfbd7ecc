//! The signing keys.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::pkcs8::EncodePrivateKey as _;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::config::ConfigError;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// A private key, its public half, and its name in the key set.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    /// The public half as a JWK.
    pub(crate) jwk: Object,
    /// The public half as a PEM: what an HMAC confusion would take for the secret.
    #[cfg_attr(
        not(feature = "script"),
        expect(dead_code, reason = "only a script signs with it")
    )]
    pub(crate) public_pem: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl SigningKey {
    /// A 2048 bit key for RS256.
    pub(crate) fn rsa() -> Result<Self, ConfigError> {
        let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).map_err(unusable)?;
        let (n, e) = (
            URL_SAFE_NO_PAD.encode(private.n().to_bytes_be()),
            URL_SAFE_NO_PAD.encode(private.e().to_bytes_be()),
        );
        let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
        Ok(Self {
            algorithm: Algorithm::RS256,
            public_pem: private
                .to_public_key()
                .to_public_key_pem(LineEnding::LF)
                .map_err(unusable)?,
            encoding: EncodingKey::from_rsa_der(private.to_pkcs1_der().map_err(unusable)?.as_bytes()),
            decoding: DecodingKey::from_rsa_components(&n, &e).map_err(unusable)?,
            jwk: object(json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e })),
            kid,
        })
    }

    /// A P-256 key for ES256.
    pub(crate) fn ec() -> Result<Self, ConfigError> {
        let private = p256::SecretKey::random(&mut rsa::rand_core::OsRng);
        let point = private.public_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let (x, y) = coordinate(point.x())
            .zip(coordinate(point.y()))
            .ok_or_else(|| unusable("no coordinates"))?;
        let kid = thumbprint(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        Ok(Self {
            algorithm: Algorithm::ES256,
            public_pem: private
                .public_key()
                .to_public_key_pem(LineEnding::LF)
                .map_err(unusable)?,
            encoding: EncodingKey::from_ec_der(private.to_pkcs8_der().map_err(unusable)?.as_bytes()),
            decoding: DecodingKey::from_ec_components(&x, &y).map_err(unusable)?,
            jwk: object(
                json!({ "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid, "crv": "P-256", "x": x, "y": y }),
            ),
            kid,
        })
    }

    /// The header of a token this key signs.
    pub(crate) fn header(&self) -> Object {
        object(json!({ "typ": "JWT", "alg": self.algorithm, "kid": self.kid }))
    }

    /// A signed token: [RFC 7515, section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1).
    pub(crate) fn sign(
        &self,
        header: &Object,
        claims: &Object,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let input = signing_input(header, claims);
        let signature = crypto::sign(input.as_bytes(), &self.encoding, self.algorithm)?;
        Ok(format!("{input}.{signature}"))
    }

    /// Whether this key made `signature` over `input`.
    pub(crate) fn verifies(&self, input: &str, signature: &str) -> bool {
        crypto::verify(signature, input.as_bytes(), &self.decoding, self.algorithm).unwrap_or(false)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// What is signed: the encoded header and claims, joined.
pub(crate) fn signing_input(header: &Object, claims: &Object) -> String {
    let encode = |part: &Object| URL_SAFE_NO_PAD.encode(Value::Object(part.clone()).to_string());
    format!("{}.{}", encode(header), encode(claims))
}

/// `value`'s members; empty for anything but an object.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}

/// [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638): a name that says which key it is.
fn thumbprint(members: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

fn unusable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConfigError {
    ConfigError::Keys(error.into())
}

/// The keys of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// Signs the ID tokens.
    pub(crate) rsa: Arc<SigningKey>,
    /// Published beside it, as providers with several algorithms do.
    pub(crate) ec: Arc<SigningKey>,
    /// Former RSA keys: hints they signed stay good.
    pub(crate) retired: Vec<Arc<SigningKey>>,
    /// Whether the former keys are still published.
    pub(crate) publish_retired: bool,
}

impl Keys {
    pub(crate) fn generate() -> Result<Self, ConfigError> {
        Ok(Self::of(
            Arc::new(SigningKey::rsa()?),
            Arc::new(SigningKey::ec()?),
        ))
    }

    pub(crate) fn of(rsa: Arc<SigningKey>, ec: Arc<SigningKey>) -> Self {
        Self {
            rsa,
            ec,
            retired: Vec::new(),
            publish_retired: false,
        }
    }

    /// The published key set: [RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5).
    pub(crate) fn published(&self) -> Object {
        let retired = self.retired.iter().filter(|_| self.publish_retired);
        let keys: Vec<&Object> = [&self.rsa, &self.ec]
            .into_iter()
            .chain(retired)
            .map(|key| &key.jwk)
            .collect();
        object(json!({ "keys": keys }))
    }

    /// Whether one of ours, present or former, made this signature.
    pub(crate) fn verify(&self, algorithm: &Value, input: &str, signature: &str) -> bool {
        [&self.rsa, &self.ec]
            .into_iter()
            .chain(&self.retired)
            .any(|key| *algorithm == json!(key.algorithm) && key.verifies(input, signature))
    }
}
