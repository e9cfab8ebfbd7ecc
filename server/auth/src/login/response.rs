//! The parameters that come back to the callback, read strictly.
//! [OpenID Connect Core 1.0, section 3.1.2.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthResponse)

use super::error::CallbackError;
use crate::provider::code::registered_error;

/// The longest query that is read, in bytes. Codes of about 600 characters were seen.
pub const LONGEST_QUERY: usize = 8 * 1024;
/// The longest value of a parameter.
pub const LONGEST_VALUE: usize = 4 * 1024;
/// The most parameters.
const MOST_PARAMETERS: usize = 50;

/// What the provider answers.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A code.
    Code(String),
    /// An error; `error_description` is for logs of the provider, not for our pages.
    Error {
        /// `error`, only if it is one of the registered shape.
        error: String,
    },
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(_) => f.write_str("Code"),
            Self::Error { error } => f.debug_struct("Error").field("error", error).finish(),
        }
    }
}

/// An authorization response.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    /// `state`.
    pub state: String,
    /// `iss`. [RFC 9207, section 2](https://www.rfc-editor.org/rfc/rfc9207#section-2)
    pub iss: Option<String>,
    /// `session_state`, not judged.
    /// [Session Management 1.0, section 2](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions)
    pub session_state: Option<String>,
    /// Code or error.
    pub outcome: Outcome,
}

impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthorizationResponse")
    }
}

/// Reads the query of the callback.
///
/// # Errors
///
/// If a parameter is missing, doubled or too long. Where both `code` and `error` are there, it is an error.
pub fn parse_authorization_response(query: &str) -> Result<AuthorizationResponse, CallbackError> {
    if query.len() > LONGEST_QUERY {
        return Err(CallbackError::TooLong);
    }
    let (mut state, mut iss, mut code, mut error, mut session_state) = (None, None, None, None, None);
    for (count, (name, value)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if count >= MOST_PARAMETERS || value.len() > LONGEST_VALUE {
            return Err(CallbackError::TooLong);
        }
        let slot = match &*name {
            "state" => &mut state,
            "iss" => &mut iss,
            "code" => &mut code,
            "error" => &mut error,
            "session_state" => &mut session_state,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(CallbackError::Malformed);
        }
    }
    let state = state
        .filter(|state| !state.is_empty())
        .ok_or(CallbackError::NoState)?;
    let outcome = match (error, code) {
        (Some(error), _) => Outcome::Error {
            error: registered_error(error),
        },
        (None, Some(code)) if !code.is_empty() => Outcome::Code(code),
        (None, _) => return Err(CallbackError::Malformed),
    };
    Ok(AuthorizationResponse {
        state,
        iss,
        session_state,
        outcome,
    })
}

/// Compares `iss` with the issuer that was asked, as
/// [RFC 9207, section 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4) demands: on error answers too.
///
/// # Errors
///
/// If it is another issuer's, or missing though promised.
pub fn check_iss(iss: Option<&str>, issuer: &str, promised: bool) -> Result<(), CallbackError> {
    match iss {
        Some(iss) if iss == issuer => Ok(()),
        Some(_) => Err(CallbackError::OtherIssuer),
        None if promised => Err(CallbackError::NoIssuer),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f2_7_a_doubled_parameter_is_refused() {
        for query in [
            "state=a&state=b&code=c",
            "state=a&code=b&code=c",
            "state=a&code=b&iss=c&iss=c",
            "state=a&error=b&error=b",
        ] {
            assert_eq!(
                parse_authorization_response(query),
                Err(CallbackError::Malformed),
                "{query}"
            );
        }
    }

    #[test]
    fn f2_6_code_and_error_together_are_an_error() {
        let response = parse_authorization_response("state=a&code=b&error=access_denied").unwrap();
        assert_eq!(
            response.outcome,
            Outcome::Error {
                error: "access_denied".to_owned()
            }
        );
    }

    #[test]
    fn f2_12_what_is_too_long_goes_no_further() {
        let long = format!("state=a&code={}", "c".repeat(100_000));
        assert_eq!(parse_authorization_response(&long), Err(CallbackError::TooLong));
        let many = format!("state=a&code=b{}", "&x=y".repeat(1000));
        assert_eq!(parse_authorization_response(&many), Err(CallbackError::TooLong));
    }

    #[test]
    fn f2_5_an_error_of_a_strange_shape_is_not_repeated() {
        let response = parse_authorization_response("state=a&error=%3Cscript%3E").unwrap();
        assert_eq!(
            response.outcome,
            Outcome::Error {
                error: "unknown_error".to_owned()
            }
        );
    }

    #[test]
    fn f2_8_iss_must_be_the_issuer_that_was_asked() {
        const OURS: &str = "https://op.example";
        assert_eq!(check_iss(Some(OURS), OURS, true), Ok(()));
        assert_eq!(check_iss(None, OURS, false), Ok(()));
        assert_eq!(check_iss(None, OURS, true), Err(CallbackError::NoIssuer));
        for promised in [true, false] {
            assert_eq!(
                check_iss(Some("https://evil.example"), OURS, promised),
                Err(CallbackError::OtherIssuer)
            );
            assert_eq!(
                check_iss(Some("https://op.example/"), OURS, promised),
                Err(CallbackError::OtherIssuer)
            );
        }
    }
}
