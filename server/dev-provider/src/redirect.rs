//! Redirects with parameters.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};
use url::form_urlencoded;

/// `uri` byte for byte, with `parameters` behind whatever query it has.
pub(crate) fn with_parameters(uri: &str, parameters: &[(String, String)]) -> String {
    if parameters.is_empty() {
        return uri.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

/// 303, so that a browser that came with a POST goes on with a GET:
/// [RFC 9700, section 4.12](https://www.rfc-editor.org/rfc/rfc9700#section-4.12).
pub(crate) fn see_other(uri: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(uri) else {
        // Registered addresses were checked at the start, what is appended is urlencoded.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (
        StatusCode::SEE_OTHER,
        [
            (LOCATION, location),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        ],
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::with_parameters;

    #[test]
    fn parameters_go_behind_the_query_an_address_has() {
        let state = [("state".to_owned(), "a b&c".to_owned())];
        assert_eq!(with_parameters("http://h/x", &state), "http://h/x?state=a+b%26c");
        assert_eq!(
            with_parameters("http://h/x?y=1", &state),
            "http://h/x?y=1&state=a+b%26c"
        );
        assert_eq!(with_parameters("http://h/x?", &state), "http://h/x?state=a+b%26c");
        assert_eq!(with_parameters("http://h/x?y=1", &[]), "http://h/x?y=1");
    }
}
