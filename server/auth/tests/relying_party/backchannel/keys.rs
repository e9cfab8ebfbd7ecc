//! Keys that sign logout tokens, rightly and wrongly. The scripted provider has keys of its own; these may be used for
//! what no provider would sign.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use openidconnect::core::CoreJsonWebKeySet;
use serde_json::{Value, json};

/// A private key, an algorithm to use it with, and the JWK of its public half.
#[derive(Clone)]
pub(super) struct TestKey {
    pub(super) algorithm: Algorithm,
    pub(super) jwk: Value,
    encoding: EncodingKey,
}

impl TestKey {
    pub(super) fn kid(&self) -> String {
        self.jwk["kid"].as_str().unwrap().to_owned()
    }

    /// The same key for another algorithm of its kind.
    pub(super) fn using(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The same key, published in this way.
    pub(super) fn published(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.jwk[member] = value.into();
        self
    }

    /// The signature over `input`, in base64url.
    pub(super) fn sign(&self, input: &str) -> String {
        crypto::sign(input.as_bytes(), &self.encoding, self.algorithm).unwrap()
    }
}

/// A symmetric "key" made of whatever an attacker knows.
pub(super) fn secret(bytes: &[u8]) -> TestKey {
    TestKey {
        algorithm: Algorithm::HS256,
        jwk: json!({"kty": "oct", "kid": "rsa", "k": URL_SAFE_NO_PAD.encode(bytes)}),
        encoding: EncodingKey::from_secret(bytes),
    }
}

fn rsa_key(kid: &str, pem: &str, modulus: &str) -> TestKey {
    TestKey {
        algorithm: Algorithm::RS256,
        jwk: json!({"kty": "RSA", "kid": kid, "n": modulus, "e": "AQAB"}),
        encoding: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
    }
}

/// The one that signs, unless a test says otherwise.
pub(super) fn rsa() -> TestKey {
    rsa_key(
        "rsa",
        include_str!("keys/rsa2048.pem"),
        "8VUHwX_xPEZvr9GBi-5b_nBvqy5QkPz3NsgMkg12lEPf5l7dGcAglwpRBmxxKJyNVcPtLIYi0Uo4w6sTMGjeH2P6FSbGkWa1mz7cKxn2DGf1rX8FgdQ7QQmaBkJEtN1-pigJT21aq_gX0cHkFufyEMfzkZfr-YF5kP0hRtwMZuWOrguMtrHNqoCmlJxD8vqv3_UXYKKIeJEtt_v7yOZLg0DC7q5Sa7SeA5v4miNY0iQu1SptBXSGXiVa7MPHLgchmpO1Q7TPhQMLK3LC8JIrU0Q0SF9OoDPQXVBnYNAE6nUISqALDEfmbA1p6FaoBcRFTr6_OWkd9J2NrJed9w2vew",
    )
}

/// Its public half as an HMAC confusion would take it for the secret.
pub(super) const RSA_PUBLIC_PEM: &str = include_str!("keys/rsa2048.pub.pem");

/// A second one of the same kind.
pub(super) fn second_rsa() -> TestKey {
    rsa_key(
        "second",
        include_str!("keys/rsa2048-second.pem"),
        "uSbWzcziSwZXtRmLOA4AYn0hEwln8XdFKH5Fg6iyjofn-0SmedOk9uy6yEyuzKu6gEgCMjckZl0ZDVHpiYUxKXxI4sh-w6aHjm0Dth7iUGdyKZNbWNgBCPGnXIFToudg4t2sxBWfi3RCQH59KU9-pBdJ4iKLU0Dxr4QJUX3H_17jEdThTV1fley-ka21lRZWnVwIHnifsCun-s1h7m0kO-FzqEdb1cWfTWmU9lIXXGinxPKee7um5A0-h1nqAH72PIH6EqtHDkoDLo1i8noN7Q976TIQqTclZVSlry9NCHpU-_ilWfPXClJ89jxovVI4VL-gwnN22PgaiN03eMDMXQ",
    )
}

/// 1024 bits.
pub(super) fn short_rsa() -> TestKey {
    rsa_key(
        "short",
        include_str!("keys/rsa1024.pem"),
        "wnOoXgoxhEVR0B-hAlKRqzyjM8Uupo3OSBl4Bot3DDggshIkolhUDoWd8JI3iSc8unmdUpEmYmwG_PptxPpygEquwWBh_royrnJLWOqhgGRabLFzdBfBXO5EjPHunUwQFX7tKzKmoDUPz0zLWhLCCnm_OrtPqLsYNhcP85q4t2s",
    )
}

/// P-256.
pub(super) fn p256() -> TestKey {
    TestKey {
        algorithm: Algorithm::ES256,
        jwk: json!({"kty": "EC", "kid": "p256", "crv": "P-256", "use": "sig",
            "x": "Ldxg3hEU1qdNAC_VJqPJiYMiPMcIhLMhWFTM7KY-pRM", "y": "0KjHAo92fFJAx6i0qEHgpZ7eEdtzK9B2J10PF7g8EtA"}),
        encoding: EncodingKey::from_ec_pem(include_bytes!("keys/p256.pem")).unwrap(),
    }
}

/// P-384.
pub(super) fn p384() -> TestKey {
    TestKey {
        algorithm: Algorithm::ES384,
        jwk: json!({"kty": "EC", "kid": "p384", "crv": "P-384", "use": "sig",
            "x": "WbL1urB4WblvTrkm7gS0fz7U-PwgOPsC3mmfzSxcwxSJGNWATyRU5FRneWtGXu8M",
            "y": "9TFfz2EHPls8BAfRBwNP6FhDHVXrx91OW_AksyQFXgRflNvI94is2l6_BXGIuGVC"}),
        encoding: EncodingKey::from_ec_pem(include_bytes!("keys/p384.pem")).unwrap(),
    }
}

/// Ed25519.
pub(super) fn ed25519() -> TestKey {
    TestKey {
        algorithm: Algorithm::EdDSA,
        jwk: json!({"kty": "OKP", "kid": "ed25519", "crv": "Ed25519", "use": "sig",
            "x": "oaaeCZ53OPfPG-GlvI7k0AwuiIEbys5Ip-3ZAUCQhhM"}),
        encoding: EncodingKey::from_ed_pem(include_bytes!("keys/ed25519.pem")).unwrap(),
    }
}

/// What the tests' provider publishes: keys that may be used, one that may not, one that is too short.
pub(super) fn published() -> Vec<Value> {
    let encrypting = rsa().published("kid", "enc").published("use", "enc");
    [
        rsa(),
        second_rsa(),
        p256(),
        p384(),
        ed25519(),
        short_rsa(),
        encrypting,
    ]
    .map(|key| key.jwk)
    .to_vec()
}

/// A key set, read without the checks that fetched ones go through.
pub(super) fn key_set(keys: &[Value]) -> CoreJsonWebKeySet {
    serde_json::from_value(json!({ "keys": keys })).unwrap()
}
