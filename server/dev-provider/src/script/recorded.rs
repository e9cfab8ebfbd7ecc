//! The requests that arrived.

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::form_urlencoded;

use super::Endpoint;

/// A request as it arrived, before the provider or a script did anything with it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Where it arrived.
    pub endpoint: Endpoint,
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// Its query, undecoded.
    pub query: Option<String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Recorded {
    /// The parameters of the query and then of the body, decoded, in the order they were sent.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let query = form_urlencoded::parse(self.query.as_deref().unwrap_or_default().as_bytes()).into_owned();
        query
            .chain(form_urlencoded::parse(&self.body).into_owned())
            .collect()
    }

    /// The first parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters()
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// The first header of this name, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
