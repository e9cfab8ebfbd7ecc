//! Requests that a browser makes before anybody asked for anything.

use http::HeaderMap;

/// Whether a page is fetched, or rendered, ahead of a press: nobody is there yet.
/// [Fetch, section 3.7](https://fetch.spec.whatwg.org/#sec-purpose-header)
pub(crate) fn is_prefetch(headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    header("sec-purpose")
        .or_else(|| header("purpose"))
        .is_some_and(|purpose| purpose.contains("prefetch"))
}
