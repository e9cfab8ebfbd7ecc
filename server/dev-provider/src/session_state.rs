//! Whether the session changed, told to a page of the relying party:
//! [OpenID Connect Session Management 1.0](https://openid.net/specs/openid-connect-session-1_0.html).

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};

use crate::client::origin;
use crate::random::{RandomSourceFailed, unguessable};

/// The name of the cookie that holds the browser's state, for the provider's own frame to read by script.
///
/// Ports of one host share a cookie jar, so it is a name no application uses.
pub const STATE_COOKIE: &str = "exeunt_dev_op_state";

/// `session_state` of an answer to `redirect_uri`:
/// [section 3.2](https://openid.net/specs/openid-connect-session-1_0.html#OPiframe) with SHA-256 in hexadecimal.
/// `browser_state` is empty where nobody is signed in.
pub(crate) fn session_state(
    client_id: &str,
    redirect_uri: &str,
    browser_state: &str,
) -> Result<Option<String>, RandomSourceFailed> {
    // An address without an origin has no page that could ask.
    let Some(origin) = origin(redirect_uri) else {
        return Ok(None);
    };
    let salt = unguessable()?;
    Ok(Some(salted(client_id, &origin, browser_state, &salt)))
}

fn salted(client_id: &str, origin: &str, browser_state: &str, salt: &str) -> String {
    let hash = Sha256::digest(format!("{client_id} {origin} {browser_state} {salt}"));
    let hexadecimal: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hexadecimal}.{salt}")
}

/// Lets the frame read the state.
pub(crate) fn set_cookie(headers: &mut HeaderMap, browser_state: &str) {
    append(
        headers,
        &format!("{STATE_COOKIE}={browser_state}; Path=/; SameSite=Lax"),
    );
}

/// Nobody is signed in any more.
pub(crate) fn remove_cookie(headers: &mut HeaderMap) {
    append(
        headers,
        &format!("{STATE_COOKIE}=; Path=/; SameSite=Lax; Max-Age=0"),
    );
}

fn append(headers: &mut HeaderMap, cookie: &str) {
    // Only our own base64url values are ever set.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(SET_COOKIE, value);
    }
}
