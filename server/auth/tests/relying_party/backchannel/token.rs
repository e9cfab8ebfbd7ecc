//! Logout tokens, put together piece by piece so that each piece can be wrong.

use std::cell::Cell;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt::{
    clock::Timestamp,
    config::{IdTokenAlg, LogoutTokenPolicy},
    logout::backchannel::{Expected, LogoutTokenError, VerifiedLogoutToken, verify_logout_token},
    provider::metadata::signing_algorithm,
};
use openidconnect::core::CoreJsonWebKeySet;
use serde_json::{Map, Value, json};

use super::keys::{self, TestKey};

pub(super) const CLIENT: &str = "exeunt-test";
pub(super) const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Who issues the tokens of a test, and when.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) issuer: String,
    pub(super) now: Timestamp,
    /// The session that the tokens name.
    pub(super) sid: String,
    issued: Cell<u32>,
}

impl Desk {
    /// A desk that has no provider behind it.
    pub(super) fn on_paper() -> Self {
        Self::new(
            "https://op.example",
            Timestamp::from_seconds(1_800_000_000),
            "sid-1",
        )
    }

    pub(super) fn new(issuer: &str, now: Timestamp, sid: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            now,
            sid: sid.to_owned(),
            issued: Cell::default(),
        }
    }

    /// A good token as the conformance suite writes it, for a session of ada's: no `typ`, a claim that nobody knows. Each
    /// has a `jti` of its own.
    pub(super) fn token(&self) -> Token {
        self.issued.set(self.issued.get() + 1);
        let key = keys::rsa();
        let iat = self.now.seconds();
        let claims = json!({
            "iss": self.issuer, "sub": "ada", "aud": CLIENT, "jti": format!("jti-{}", self.issued.get()),
            "sid": self.sid, "events": {EVENT: {}}, "iat": iat, "exp": iat + 120, "ignored_claim": "ignored",
        });
        let header = json!({"alg": key.algorithm, "kid": key.kid()});
        Token {
            header: header.as_object().unwrap().clone(),
            claims: claims.as_object().unwrap().clone(),
            key,
        }
    }

    /// Seconds since the epoch, this many from now.
    pub(super) fn at(&self, seconds: i64) -> i64 {
        self.now.seconds() + seconds
    }

    /// Judges by RS256, the default policy and the keys that the tests publish.
    pub(super) fn judge(&self, raw: &str) -> Result<VerifiedLogoutToken, LogoutTokenError> {
        self.judge_by(
            raw,
            &keys::key_set(&keys::published()),
            LogoutTokenPolicy::default(),
        )
    }

    pub(super) fn judge_by(
        &self,
        raw: &str,
        keys: &CoreJsonWebKeySet,
        policy: LogoutTokenPolicy,
    ) -> Result<VerifiedLogoutToken, LogoutTokenError> {
        self.judge_alg(raw, keys, policy, IdTokenAlg::Rs256)
    }

    pub(super) fn judge_alg(
        &self,
        raw: &str,
        keys: &CoreJsonWebKeySet,
        policy: LogoutTokenPolicy,
        alg: IdTokenAlg,
    ) -> Result<VerifiedLogoutToken, LogoutTokenError> {
        let expected = Expected {
            issuer: &self.issuer,
            client_id: CLIENT,
            alg: &signing_algorithm(alg),
        };
        verify_logout_token(raw, keys, &expected, &policy, self.now)
    }
}

/// A token before it is signed.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    pub(super) key: TestKey,
}

impl Token {
    /// With this claim.
    pub(super) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Without this claim.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// With this member of the header.
    pub(super) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Without this member of the header.
    pub(super) fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Signed by this key, and saying so.
    pub(super) fn by(mut self, key: TestKey) -> Self {
        self.header.insert("alg".to_owned(), json!(key.algorithm));
        self.header.insert("kid".to_owned(), json!(key.kid()));
        self.key = key;
        self
    }

    /// The header as JSON.
    pub(super) fn header_text(&self) -> String {
        Value::Object(self.header.clone()).to_string()
    }

    /// The claims as JSON.
    pub(super) fn claims_text(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    /// The compact serialisation.
    pub(super) fn sign(&self) -> String {
        self.sign_texts(self.header_text().as_bytes(), self.claims_text().as_bytes())
    }

    /// Signs these texts in place of the token's own.
    pub(super) fn sign_texts(&self, header: &[u8], claims: &[u8]) -> String {
        let input = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        );
        format!("{input}.{}", self.key.sign(&input))
    }
}
