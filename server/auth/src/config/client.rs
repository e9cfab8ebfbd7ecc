//! Who we are at the provider.

use std::{fmt, str::FromStr};

use zeroize::Zeroizing;

/// What is wrong with a client id or a client secret. Never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nothing was given.
    #[error("is empty; copy it from the client's registration at the provider, or leave the variable unset")]
    Empty,
    /// Space around it, most often from copying.
    #[error("begins or ends with white space; copy it again without")]
    Surrounded,
    /// A character outside printable ASCII.
    #[error("holds a character that is not printable ASCII; copy it again from the client's registration")]
    Character,
}

/// [RFC 6749, appendix A.1 and A.2](https://www.rfc-editor.org/rfc/rfc6749#appendix-A): both are printable ASCII.
fn check(text: &str) -> Result<(), ClientError> {
    if text.is_empty() {
        return Err(ClientError::Empty);
    }
    if text.trim() != text {
        return Err(ClientError::Surrounded);
    }
    if !text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(ClientError::Character);
    }
    Ok(())
}

/// The identifier under which the app is registered at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the app proves itself with at the provider. It cannot be printed or compared, and its memory is wiped when it is
/// dropped.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// The secret itself, for the one place that authenticates at the provider.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientSecret {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        check(text).map(|()| Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copying_mistakes_are_named() {
        assert_eq!("".parse::<ClientId>(), Err(ClientError::Empty));
        assert_eq!("app\n".parse::<ClientId>(), Err(ClientError::Surrounded));
        assert_eq!("äpp".parse::<ClientId>(), Err(ClientError::Character));
        assert_eq!("a\u{0}b".parse::<ClientId>(), Err(ClientError::Character));
        assert_eq!(
            "my app@project"
                .parse::<ClientId>()
                .map(|id| id.to_string())
                .as_deref(),
            Ok("my app@project")
        );
    }

    #[test]
    fn i16_a_secret_shows_neither_in_debug_nor_in_errors() {
        let secret: ClientSecret = "correct-horse".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "ClientSecret(…)");
        assert_eq!(secret.expose(), "correct-horse");
        for bad in ["correct-hörse", " correct-horse"] {
            let error = bad.parse::<ClientSecret>().unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("horse") && !format!("{error:?}").contains("correct")
            );
        }
    }
}
