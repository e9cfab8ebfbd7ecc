//! The platform's two cookies.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

/// The cookie by which the gateway knows a browser: an access token.
pub const GATEWAY_COOKIE: &str = "access_token";

/// The cookie of the single sign-on session. Its path keeps it from extensions.
pub const SINGLE_SIGN_ON_COOKIE: &str = "exeunt_dev_platform_sso";

/// Below which the browser shows the single sign-on cookie.
const SINGLE_SIGN_ON_PATH: &str = "/api/auth";

/// The value of a cookie. Two of one name are as good as none.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = pairs(headers)
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// The names of all cookies of a request.
pub(super) fn names(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    pairs(headers).map(|(name, _)| name)
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Sets both cookies.
pub(super) fn set(headers: &mut HeaderMap, access_token: &str, single_sign_on: &str) {
    set_gateway(headers, access_token);
    append(
        headers,
        SINGLE_SIGN_ON_COOKIE,
        single_sign_on,
        SINGLE_SIGN_ON_PATH,
        "",
    );
}

/// Sets the gateway's cookie.
pub(super) fn set_gateway(headers: &mut HeaderMap, access_token: &str) {
    append(headers, GATEWAY_COOKIE, access_token, "/", "");
}

/// Removes the gateway's cookie.
pub(super) fn remove_gateway(headers: &mut HeaderMap) {
    append(headers, GATEWAY_COOKIE, "", "/", "; Max-Age=0");
}

/// Removes the cookie of the single sign-on session.
pub(super) fn remove_single_sign_on(headers: &mut HeaderMap) {
    append(
        headers,
        SINGLE_SIGN_ON_COOKIE,
        "",
        SINGLE_SIGN_ON_PATH,
        "; Max-Age=0",
    );
}

fn append(headers: &mut HeaderMap, name: &str, value: &str, path: &str, more: &str) {
    let line = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{more}");
    // Only values of our own are ever set, all of the base64url alphabet and dots.
    if let Ok(line) = HeaderValue::from_str(&line) {
        headers.append(SET_COOKIE, line);
    }
}
