//! Parameters of a query or a form.

use axum::RequestExt as _;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use url::form_urlencoded;

/// The parameters of a request, each at most once, none empty.
///
/// [RFC 6749, section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1): a parameter without a value is
/// treated as omitted, and none may be included more than once.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// Why parameters could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParametersError {
    /// A parameter came twice.
    #[error("the parameter {0:?} was sent more than once")]
    Repeated(String),
    /// A body of another type than a form's.
    #[error("the body must be application/x-www-form-urlencoded")]
    ContentType,
    /// The body could not be read: too large, or cut off.
    #[error("the body could not be read")]
    Body,
}

impl Parameters {
    pub(crate) fn parse(serialized: &[u8]) -> Result<Self, ParametersError> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(serialized) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(ParametersError::Repeated(name.chars().take(100).collect()));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        parameters.retain(|(_, value)| !value.is_empty());
        Ok(Self(parameters))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// An owned value, for what is kept.
    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(ToOwned::to_owned)
    }
}

/// Parameters wherever the method puts them: the query of a GET, the form of a POST.
#[derive(Debug)]
pub(crate) struct Sent(pub(crate) Result<Parameters, ParametersError>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        if request.method() != Method::POST {
            return Ok(Self(Parameters::parse(
                request.uri().query().unwrap_or_default().as_bytes(),
            )));
        }
        if !is_form(request.headers()) {
            return Ok(Self(Err(ParametersError::ContentType)));
        }
        let body: Result<Bytes, _> = request.extract().await;
        Ok(Self(
            body.map_err(|_| ParametersError::Body)
                .and_then(|body| Parameters::parse(&body)),
        ))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let essence = |value: &str| {
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| essence(value) == "application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::{Parameters, ParametersError};

    #[test]
    fn an_empty_parameter_counts_as_omitted() {
        let parameters = Parameters::parse(b"state=&nonce=n%201").unwrap();
        assert_eq!(
            (parameters.get("state"), parameters.get("nonce")),
            (None, Some("n 1"))
        );
    }

    #[test]
    fn a_repeated_parameter_is_refused() {
        assert_eq!(
            Parameters::parse(b"state=a&state=b").unwrap_err(),
            ParametersError::Repeated("state".to_owned())
        );
    }
}
