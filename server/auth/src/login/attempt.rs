//! One login attempt: what must be known when the browser comes back, sealed in a cookie of its own.
//!
//! A cookie for each attempt lets several tabs sign in at once; at most five are kept, the oldest goes first
//! (invariant I9). The `state` names the attempt, so the answer finds its cookie and no other.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    Exeunt,
    clock::Timestamp,
    http::{
        cookies::{self, ATTEMPT_LIFETIME},
        return_to::ReturnTo,
    },
    random::{self, Random, RandomError},
    seal::{Purpose, SealError},
};

/// The most attempts that a browser holds at once.
pub const MOST_ATTEMPTS: usize = 5;
/// The most bytes that their cookies take together, names included.
pub const MOST_BYTES: usize = 4000;
/// The most cookies that one answer removes: a browser that somebody filled with them gets no answer too long to pass.
const MOST_REMOVALS: usize = 4;
/// The longest id that could be one of ours.
const LONGEST_ID: usize = 12;

/// What must be known when the browser comes back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// Names the attempt: the end of its cookie's name and the beginning of `state`.
    pub id: String,
    /// The rest of `state`.
    pub secret: String,
    /// Binds the ID token.
    pub nonce: String,
    /// The PKCE verifier.
    pub code_verifier: String,
    /// Where to go afterwards.
    pub return_to: ReturnTo,
    /// The issuer that was asked.
    pub issuer: String,
    /// When it started, by our clock: compared with the not-before marks.
    pub started_at: Timestamp,
    /// The languages asked for.
    pub ui_locales: Option<String>,
    /// It asks silently whether the person of this session, by its public id, is still signed in at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck: Option<String>,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt")
            .field("id", &self.id)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

impl Attempt {
    /// A fresh one.
    ///
    /// # Errors
    ///
    /// If there is no randomness.
    pub fn start(
        random: &dyn Random,
        issuer: &str,
        return_to: ReturnTo,
        ui_locales: Option<String>,
        now: Timestamp,
    ) -> Result<Self, RandomError> {
        Ok(Self {
            id: URL_SAFE_NO_PAD.encode(random::bytes::<9>(random)?),
            secret: random::token(random)?,
            nonce: random::token(random)?,
            code_verifier: random::token(random)?,
            return_to,
            issuer: issuer.to_owned(),
            started_at: now,
            ui_locales,
            recheck: None,
        })
    }

    /// The same, to ask about a session that is alive.
    #[must_use]
    pub fn rechecking(mut self, session: String) -> Self {
        self.recheck = Some(session);
        self
    }

    /// The value of `state`: [RFC 6749, section 10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12).
    #[must_use]
    pub fn state(&self) -> String {
        format!("{}.{}", self.id, self.secret)
    }

    /// The public id of the session that it may give. Whoever has the attempt can find that session, and nobody else: the
    /// verifier stands in no address.
    #[must_use]
    pub fn public_id(&self) -> String {
        let mut hash = Sha256::new();
        for part in ["public id", &self.id, &self.code_verifier] {
            hash.update(part);
            hash.update([0]);
        }
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }

    /// The S256 challenge of the verifier: [RFC 7636, section 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2).
    #[must_use]
    pub fn code_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.code_verifier.as_bytes()))
    }

    /// Whether this `state` is ours, in constant time.
    #[must_use]
    pub fn is_state(&self, state: &str) -> bool {
        bool::from(self.state().as_bytes().ct_eq(state.as_bytes()))
    }

    /// Whether it has taken too long. A clock that jumped back does not count against the person.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now.since(self.started_at) > ATTEMPT_LIFETIME
    }

    /// The cookie's value.
    ///
    /// # Errors
    ///
    /// If there is no randomness.
    pub fn seal(&self, exeunt: &Exeunt) -> Result<String, SealError> {
        let plain = serde_json::to_vec(self).map_err(|_| SealError::Unreadable)?;
        let sealed = exeunt
            .keyring()
            .seal(Purpose::Attempt, self.id.as_bytes(), &plain, exeunt.random())?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open(exeunt: &Exeunt, id: &str, value: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        let plain = exeunt
            .keyring()
            .open(Purpose::Attempt, id.as_bytes(), &sealed)
            .ok()?;
        serde_json::from_slice(&plain)
            .ok()
            .filter(|attempt: &Self| attempt.id == id)
    }
}

/// The attempt that a `state` belongs to, if this browser started it.
#[must_use]
pub fn find(exeunt: &Exeunt, headers: &HeaderMap, state: &str) -> Option<Attempt> {
    let (id, _) = state.split_once('.')?;
    let value = exeunt
        .cookies()
        .read(headers, &exeunt.cookies().attempt(id))
        .one()?;
    Attempt::open(exeunt, id, &value).filter(|attempt| attempt.is_state(state))
}

/// All attempts whose cookies this browser sent.
pub(super) fn presented(exeunt: &Exeunt, headers: &HeaderMap) -> Vec<Attempt> {
    exeunt
        .cookies()
        .attempts(headers)
        .iter()
        .filter_map(|(id, value)| Attempt::open(exeunt, id, value))
        .collect()
}

/// Adds the cookie of a new attempt, and removals of the oldest, unreadable and expired ones beyond the limits.
///
/// # Errors
///
/// If there is no randomness.
pub fn remember(
    exeunt: &Exeunt,
    request: &HeaderMap,
    response: &mut HeaderMap,
    attempt: &Attempt,
) -> Result<(), SealError> {
    let value = attempt.seal(exeunt)?;
    let size = |id: &str, value: &str| exeunt.cookies().attempt(id).len() + value.len() + 3;
    let mut kept = 1;
    let mut bytes = size(&attempt.id, &value);
    let mut others: Vec<_> = exeunt
        .cookies()
        .attempts(request)
        .into_iter()
        .map(|(id, value)| {
            let started_at = Attempt::open(exeunt, &id, &value)
                .filter(|other| !other.is_expired(exeunt.now()))
                .map(|other| other.started_at);
            (started_at, id, value)
        })
        .collect();
    others.sort_by_key(|(started_at, ..)| std::cmp::Reverse(*started_at));
    let mut removals = 0;
    for (started_at, id, value) in others {
        bytes += size(&id, &value);
        if started_at.is_some() && kept < MOST_ATTEMPTS && bytes <= MOST_BYTES {
            kept += 1;
        } else if removals < MOST_REMOVALS && id.len() <= LONGEST_ID {
            removals += 1;
            forget(exeunt, response, &id);
        }
    }
    let cookie = exeunt.cookies().set(
        &exeunt.cookies().attempt(&attempt.id),
        &value,
        Some(ATTEMPT_LIFETIME),
    );
    cookies::append(response, cookie);
    Ok(())
}

/// Removes the cookie of an attempt.
pub fn forget(exeunt: &Exeunt, response: &mut HeaderMap, id: &str) {
    // A name that we could not have given is not echoed into a header.
    if id.len() <= LONGEST_ID
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        cookies::append(response, exeunt.cookies().remove(&exeunt.cookies().attempt(id)));
    }
}

/// Removes the cookies of all attempts of this browser: who signs out cancels what is in flight.
pub fn forget_all(exeunt: &Exeunt, request: &HeaderMap, response: &mut HeaderMap) {
    for (id, _) in exeunt
        .cookies()
        .attempts(request)
        .into_iter()
        .take(2 * MOST_ATTEMPTS)
    {
        forget(exeunt, response, &id);
    }
}
