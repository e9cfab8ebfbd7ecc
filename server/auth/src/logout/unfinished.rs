//! A sign-out that the store could not carry out: the session's hashed id moves from the session cookie into a sealed
//! cookie that opens nothing, and the next POST from `/logged-out` finishes the end, on any instance.
//!
//! The cookie may hold several: who signs in again before the first end is finished, and is failed by the store once more,
//! has two sessions that are to end.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;

use super::body::Scope;
use crate::{
    Exeunt,
    seal::{Purpose, SealError},
    store::SessionKey,
};

const PLACE: &[u8] = b"session key";

/// The most that a cookie holds; the newest are kept.
const MOST: usize = 8;

/// What is waiting for its end in this browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// The sessions, the newest first.
    pub keys: Vec<SessionKey>,
    /// How far the sign-out was to reach.
    pub scope: Scope,
}

const fn scope_byte(scope: Scope) -> u8 {
    match scope {
        Scope::App => 0,
        Scope::Browser => 1,
        Scope::Everywhere => 2,
    }
}

/// The cookie's value.
///
/// # Errors
///
/// If there is no randomness.
pub fn seal(exeunt: &Exeunt, unfinished: &Unfinished) -> Result<String, SealError> {
    let keys = unfinished.keys.iter().take(MOST).flat_map(|key| key.0);
    let plain: Vec<u8> = std::iter::once(scope_byte(unfinished.scope))
        .chain(keys)
        .collect();
    Ok(URL_SAFE_NO_PAD.encode(
        exeunt
            .keyring()
            .seal(Purpose::Unfinished, PLACE, &plain, exeunt.random())?,
    ))
}

/// What is waiting, if anything is.
#[must_use]
pub fn find(exeunt: &Exeunt, headers: &HeaderMap) -> Option<Unfinished> {
    let value = exeunt
        .cookies()
        .read(headers, &exeunt.cookies().unfinished())
        .one()?;
    let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
    let plain = exeunt.keyring().open(Purpose::Unfinished, PLACE, &sealed).ok()?;
    let (scope, keys) = plain.split_first()?;
    Some(Unfinished {
        keys: keys
            .chunks_exact(32)
            .filter_map(|key| Some(SessionKey(key.try_into().ok()?)))
            .collect(),
        scope: match scope {
            0 => Scope::App,
            1 => Scope::Browser,
            _ => Scope::Everywhere,
        },
    })
}
