//! A sign-out that the store could not carry out: the session's hashed id moves from the session cookie into a sealed
//! cookie that opens nothing, and the next POST from `/logged-out` finishes the end, on any instance.
//!
//! The cookie may hold several: who signs in again before the first end is finished, and is failed by the store once more,
//! has two sessions that are to end.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;

use crate::{
    Exeunt,
    seal::{Purpose, SealError},
    store::SessionKey,
};

const PLACE: &[u8] = b"session key";

/// The most that a cookie holds; the newest are kept.
const MOST: usize = 8;

/// The cookie's value, for these sessions, the newest first.
///
/// # Errors
///
/// If there is no randomness.
pub fn seal(exeunt: &Exeunt, keys: &[SessionKey]) -> Result<String, SealError> {
    let plain: Vec<u8> = keys.iter().take(MOST).flat_map(|key| key.0).collect();
    Ok(URL_SAFE_NO_PAD.encode(
        exeunt
            .keyring()
            .seal(Purpose::Unfinished, PLACE, &plain, exeunt.random())?,
    ))
}

/// The sessions that are waiting for their end in this browser.
#[must_use]
pub fn find(exeunt: &Exeunt, headers: &HeaderMap) -> Vec<SessionKey> {
    let value = exeunt.cookies().read(headers, &exeunt.cookies().unfinished());
    let plain = value
        .one()
        .and_then(|value| URL_SAFE_NO_PAD.decode(value).ok())
        .and_then(|sealed| exeunt.keyring().open(Purpose::Unfinished, PLACE, &sealed).ok())
        .unwrap_or_default();
    plain
        .chunks_exact(32)
        .filter_map(|key| Some(SessionKey(key.try_into().ok()?)))
        .collect()
}
