//! What the platform was sent: names, and what of the values is no secret.

use http::header::ORIGIN;
use http::{HeaderMap, Method};

use super::cookies;

/// More would be a runaway test; the oldest go.
pub(super) const LIMIT: usize = 1_000;

/// A request to the platform itself. It holds no value of a cookie, and no token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The names of its headers, in lower case.
    pub headers: Vec<String>,
    /// The names of its cookies.
    pub cookies: Vec<String>,
    /// Its `x-forwarded-*` headers with their values.
    pub forwarded: Vec<(String, String)>,
}

impl RecordedRequest {
    pub(super) fn new(method: &Method, path: &str, headers: &HeaderMap) -> Self {
        let forwarded = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with("x-forwarded-"))
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            });
        Self {
            method: method.clone(),
            path: path.to_owned(),
            headers: headers.keys().map(|name| name.as_str().to_owned()).collect(),
            cookies: cookies::names(headers).map(ToOwned::to_owned).collect(),
            forwarded: forwarded.collect(),
        }
    }

    /// Whether a browser sent it, as far as one can tell: a script or form says its origin, a navigation its mode.
    #[must_use]
    pub fn is_from_a_browser(&self) -> bool {
        self.headers
            .iter()
            .any(|name| name == ORIGIN.as_str() || name == "sec-fetch-mode")
    }
}
