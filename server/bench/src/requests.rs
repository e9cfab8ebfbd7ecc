//! The requests that are made, as a browser and as a provider make them.

use std::{io::Write as _, sync::Arc};

use crate::{drive::Request, people};

/// Under which people reach the app, wherever it listens.
pub(crate) const HERE: &str = "http://localhost:3000";
/// The session's cookie, over http at the root of a host.
pub(crate) const COOKIE: &str = "exeunt";

/// A GET of somebody who is not signed in.
pub(crate) fn get(path: &'static str) -> Request {
    Arc::new(move |_, bytes| {
        write(
            bytes,
            format_args!("GET {path} HTTP/1.1\r\nhost: localhost:3000\r\n\r\n"),
        );
    })
}

/// A GET of a signed-in person. `who` tells whose turn it is.
pub(crate) fn get_as(path: &'static str, who: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Request {
    Arc::new(move |turn, bytes| {
        let cookie = people::cookie(who(turn));
        write(
            bytes,
            format_args!("GET {path} HTTP/1.1\r\nhost: localhost:3000\r\ncookie: {COOKIE}={cookie}\r\n\r\n"),
        );
    })
}

/// A page, opened as a browser does.
pub(crate) fn page_as(path: &'static str, who: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Request {
    Arc::new(move |turn, bytes| {
        let cookie = people::cookie(who(turn));
        write(
            bytes,
            format_args!(
                "GET {path} HTTP/1.1\r\nhost: localhost:3000\r\ncookie: {COOKIE}={cookie}\r\naccept: text/html\r\n\
                 sec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\nsec-fetch-site: same-origin\r\n\r\n"
            ),
        );
    })
}

/// A sign-out, as the app's own script asks for it.
pub(crate) fn logout_of(scope: &'static str, who: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Request {
    Arc::new(move |turn, bytes| {
        let cookie = people::cookie(who(turn));
        let body = format!("{{\"scope\":\"{scope}\"}}");
        let length = body.len();
        write(
            bytes,
            format_args!(
                "POST /api/auth/logout HTTP/1.1\r\nhost: localhost:3000\r\norigin: {HERE}\r\n\
                 sec-fetch-site: same-origin\r\ncookie: {COOKIE}={cookie}\r\ncontent-type: application/json\r\n\
                 content-length: {length}\r\n\r\n{body}"
            ),
        );
    })
}

/// What the provider sends when it ended sessions: one of these tokens each time.
pub(crate) fn back_channel(tokens: Vec<String>) -> Request {
    Arc::new(move |turn, bytes| {
        let token = usize::try_from(turn).ok().and_then(|turn| tokens.get(turn));
        let body = format!("logout_token={}", token.map_or("", String::as_str));
        let length = body.len();
        write(
            bytes,
            format_args!(
                "POST /auth/backchannel-logout HTTP/1.1\r\nhost: localhost:3000\r\n\
                 content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
            ),
        );
    })
}

/// A GET with these cookies.
pub(crate) fn get_with(path: &str, cookies: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost:3000\r\ncookie: {cookies}\r\n\r\n").into_bytes()
}

fn write(bytes: &mut Vec<u8>, request: std::fmt::Arguments<'_>) {
    // Writing into memory does not fail.
    let _ = bytes.write_fmt(request);
}
