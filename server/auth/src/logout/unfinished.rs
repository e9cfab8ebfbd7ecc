//! A sign-out that the store could not carry out: the session's hashed id moves from the session cookie into a sealed
//! cookie that opens nothing, and the next POST from `/logged-out` finishes the end, on any instance.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;

use crate::{
    Exeunt,
    seal::{Purpose, SealError},
    store::SessionKey,
};

const PLACE: &[u8] = b"session key";

/// The cookie's value.
///
/// # Errors
///
/// If there is no randomness.
pub fn seal(exeunt: &Exeunt, key: &SessionKey) -> Result<String, SealError> {
    Ok(URL_SAFE_NO_PAD.encode(
        exeunt
            .keyring()
            .seal(Purpose::Unfinished, PLACE, &key.0, exeunt.random())?,
    ))
}

/// The session that is waiting for its end in this browser.
#[must_use]
pub fn find(exeunt: &Exeunt, headers: &HeaderMap) -> Option<SessionKey> {
    let value = exeunt
        .cookies()
        .read(headers, &exeunt.cookies().unfinished())
        .one()?;
    let plain = exeunt
        .keyring()
        .open(Purpose::Unfinished, PLACE, &URL_SAFE_NO_PAD.decode(value).ok()?)
        .ok()?;
    Some(SessionKey(<[u8; 32]>::try_from(plain).ok()?))
}
