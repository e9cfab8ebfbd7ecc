//! Misbehaviour on demand.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::response::{Html, IntoResponse as _, Response};
use http::header::{ALLOW, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};

/// Longer than anybody should read.
const OVERSIZED: usize = 4 * 1024 * 1024;

/// An endpoint that can be made to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Faulty {
    /// `POST /api/auth/logout`.
    Logout,
    /// `GET /api/auth/logout/front-channel`. It has no address to give, so the faults of addresses change nothing there.
    FrontChannel,
}

impl FromStr for Faulty {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        match name {
            "logout" => Ok(Self::Logout),
            "front-channel" => Ok(Self::FrontChannel),
            _ => Err(UnknownFault),
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 500, and nothing is done.
    Down,
    /// No answer at all, until the faults are taken back; then it works.
    Hanging,
    /// It works, after so long.
    Slow(Duration),
    /// A page where JSON is expected, and nothing is done.
    Html,
    /// 405 to every method, and nothing is done.
    MethodNotAllowed,
    /// A redirect to another origin, and nothing is done.
    Redirecting,
    /// JSON without an end in sight, and nothing is done.
    Oversized,
    /// It works, and names an address of another origin.
    ForeignUrl,
    /// It works, and names an address of another origin that begins like a path.
    SchemeRelativeUrl,
    /// It works, and names a script in place of an address.
    ScriptUrl,
    /// It works, and names no address.
    NoUrl,
}

impl Fault {
    /// Whether it shows in the address that is named: which one, and `None` for none.
    pub(super) fn front_channel_logout_url(self) -> Option<Option<&'static str>> {
        match self {
            Self::ForeignUrl => Some(Some("https://evil.example/api/auth/logout/front-channel")),
            Self::SchemeRelativeUrl => Some(Some("//evil.example/api/auth/logout/front-channel")),
            Self::ScriptUrl => Some(Some("javascript:alert(document.domain)")),
            Self::NoUrl => Some(None),
            _ => None,
        }
    }

    /// What is answered in place of the right answer, if nothing is done.
    pub(super) fn answer(self) -> Option<Response> {
        match self {
            Self::Down => Some((StatusCode::INTERNAL_SERVER_ERROR, "the platform is down\n").into_response()),
            Self::Html => Some(Html("<!doctype html><title>Welcome</title><p>Welcome.\n").into_response()),
            Self::MethodNotAllowed => {
                Some((StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "PATCH")]).into_response())
            }
            Self::Redirecting => Some(
                (
                    StatusCode::TEMPORARY_REDIRECT,
                    [(LOCATION, "http://evil.example/")],
                )
                    .into_response(),
            ),
            Self::Oversized => {
                let json = HeaderValue::from_static("application/json");
                let body = format!("{{\"message\":\"{}\"}}", "x".repeat(OVERSIZED));
                Some(([(CONTENT_TYPE, json)], body).into_response())
            }
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Slow(after) => return write!(f, "slow:{}", after.as_millis()),
            Self::Down => "down",
            Self::Hanging => "hanging",
            Self::Html => "html",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Redirecting => "redirecting",
            Self::Oversized => "oversized",
            Self::ForeignUrl => "foreign-url",
            Self::SchemeRelativeUrl => "scheme-relative-url",
            Self::ScriptUrl => "script-url",
            Self::NoUrl => "no-url",
        };
        f.write_str(name)
    }
}

/// By its name; `slow:1500` for 1,500 milliseconds.
impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        if let Some(after) = name.strip_prefix("slow:") {
            let after = after.parse().map_err(|_| UnknownFault)?;
            return Ok(Self::Slow(Duration::from_millis(after)));
        }
        [
            Self::Down,
            Self::Hanging,
            Self::Html,
            Self::MethodNotAllowed,
            Self::Redirecting,
            Self::Oversized,
            Self::ForeignUrl,
            Self::SchemeRelativeUrl,
            Self::ScriptUrl,
            Self::NoUrl,
        ]
        .into_iter()
        .find(|fault| fault.to_string() == name)
        .ok_or(UnknownFault)
    }
}

/// There is no such fault, or no such endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown: the endpoints are logout and front-channel; the faults are down, hanging, slow:MILLISECONDS, html, method-not-allowed, redirecting, oversized, foreign-url, scheme-relative-url, script-url and no-url"
)]
pub struct UnknownFault;
