//! The people whose sessions fill a store: rows as the end of a login writes them, sealed with the server's own keys.
//!
//! The cookie of a person follows from their number, so whoever makes the load knows a million of them without a list.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt::{
    clock::{Clock as _, SystemClock},
    config::KeyMaterial,
    random::OsRandom,
    seal::Keyring,
    session::{
        SessionToken,
        record::{self, Column, Identity, SessionTokens},
    },
    store::{SessionKey, SessionRow},
};
use exeunt_dev_provider::script::{ScriptedProvider, Signing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::Fault;

/// Longer than any run: nobody's session is to end by itself.
pub(crate) const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// How many letters a token is long that the provider would fill with claims of its own: with it a row is about 2.5 KB.
const FILLING: usize = 400;

/// Whose sessions are begun.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Whose {
    /// Each has one.
    OwnPerson,
    /// All are of one person, the one of this number.
    OnePerson(u64),
}

/// What all of them have in common.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Likeness {
    issuer: String,
    identity: Identity,
    tokens: SessionTokens,
}

/// Makes rows.
#[derive(Debug)]
pub(crate) struct People {
    likeness: Likeness,
    keyring: Keyring,
}

impl Likeness {
    /// Of people of this provider.
    ///
    /// # Errors
    ///
    /// If a record has another shape by now.
    pub(crate) fn of(provider: &ScriptedProvider) -> Result<Self, Fault> {
        let now = SystemClock.now();
        let issuer = provider.issuer();
        let signed = |purpose: &str| {
            let claims = json!({
                "iss": issuer, "sub": "person-0000000", "aud": provider.client_id(), "iat": now.seconds(),
                "exp": now.seconds() + 43_200, "sid": "session-of-0000000", "nonce": "n".repeat(43),
                "name": "Ada Lovelace", "email": "ada@example.org", "purpose": purpose,
                "filling": "x".repeat(FILLING),
            });
            claims
                .as_object()
                .map(|claims| provider.script().sign(Signing::Normal, claims, |_| ()))
        };
        let identity = json!({
            "email": "ada@example.org", "name": "Ada Lovelace", "roles": ["reader", "writer"],
            "contact": {"at": now.millis(), "original": {
                "nonce": "n".repeat(43), "auth_time": now.seconds(), "azp": null, "issued_at": now.millis(),
            }},
        });
        let tokens = json!({
            "id_token": signed("id"), "access_token": signed("access"), "refresh_token": "r".repeat(43),
            "expires_at": now.millis() + 43_200_000, "logout_hint": null, "ui_locales": null,
        });
        Ok(Self {
            issuer,
            identity: serde_json::from_value(identity).map_err(Fault::because)?,
            tokens: serde_json::from_value(tokens).map_err(Fault::because)?,
        })
    }
}

impl People {
    /// People who look like this. `keys` are those of the server.
    ///
    /// # Errors
    ///
    /// If the keys are none.
    pub(crate) fn new(likeness: Likeness, keys: &str) -> Result<Self, Fault> {
        let keys: KeyMaterial = keys.parse().map_err(Fault::because)?;
        Ok(Self {
            likeness,
            keyring: Keyring::new(&keys),
        })
    }

    /// The session of this number.
    ///
    /// # Errors
    ///
    /// If it cannot be sealed.
    pub(crate) fn row(&self, number: u64, whose: Whose) -> Result<SessionRow, Fault> {
        let key = token(number)?.key();
        let now = SystemClock.now();
        let person = match whose {
            Whose::OwnPerson => number,
            Whose::OnePerson(person) => person,
        };
        Ok(SessionRow {
            key,
            public_id: URL_SAFE_NO_PAD.encode(digest("public id", number)),
            iss: self.likeness.issuer.clone(),
            sub: subject(person),
            sid: Some(sid(number)),
            former_sid: None,
            login_started_at: now,
            created_at: now,
            last_used_at: now,
            idle_expires_at: now + LIFETIME,
            absolute_expires_at: now + LIFETIME,
            device: self.seal(&key, Column::Device, &"Firefox on Linux")?,
            identity: self.seal(&key, Column::Identity, &self.likeness.identity)?,
            tokens: self.seal(&key, Column::Tokens, &self.likeness.tokens)?,
            data: None,
        })
    }

    fn seal(&self, key: &SessionKey, column: Column, value: &impl Serialize) -> Result<Vec<u8>, Fault> {
        record::seal_column(&self.keyring, key, column, value, &OsRandom).map_err(Fault::because)
    }
}

/// The cookie's value of the session of this number.
///
/// # Errors
///
/// Never: 32 bytes are a token.
pub(crate) fn token(number: u64) -> Result<SessionToken, Fault> {
    SessionToken::parse(&cookie(number)).ok_or_else(|| Fault::new("32 bytes are no token"))
}

/// The same as it stands in the cookie.
#[must_use]
pub(crate) fn cookie(number: u64) -> String {
    URL_SAFE_NO_PAD.encode(digest("session", number))
}

/// The provider's session id of this number.
#[must_use]
pub(crate) fn sid(number: u64) -> String {
    format!("session-of-{number:07}")
}

/// The subject of this number.
#[must_use]
pub(crate) fn subject(number: u64) -> String {
    format!("person-{number:07}")
}

fn digest(purpose: &str, number: u64) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(purpose);
    digest.update(number.to_be_bytes());
    digest.finalize().into()
}
