//! What is asked of the provider.

use std::{fmt, str::FromStr};

/// What is wrong with a list of scopes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopesError {
    /// A comma, which no provider's scope holds: the list was written with the wrong separator.
    #[error("holds a comma; separate scopes by spaces, like `openid profile email`")]
    Comma,
    /// A character that no scope may hold.
    #[error("holds a character that a scope cannot have; use printable ASCII without quotes and backslashes")]
    Character,
}

/// The scopes of the authorization request. `openid` is always the first: without it the provider would answer without
/// an ID token. [OpenID Connect Core 1.0, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

const OPENID: &str = "openid";

impl Scopes {
    /// One after the other, `openid` first, each once.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// `openid` and no more.
    #[must_use]
    pub fn openid_alone() -> Self {
        Self(vec![OPENID.to_owned()])
    }

    /// Whether this scope is among them.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.iter().any(|known| known == scope)
    }
}

impl Default for Scopes {
    /// `openid profile email`.
    fn default() -> Self {
        Self([OPENID, "profile", "email"].map(str::to_owned).to_vec())
    }
}

impl FromStr for Scopes {
    type Err = ScopesError;

    fn from_str(text: &str) -> Result<Self, ScopesError> {
        if text.contains(',') {
            return Err(ScopesError::Comma);
        }
        let mut scopes = vec![OPENID.to_owned()];
        for scope in text.split_whitespace() {
            // scope-token of RFC 6749, section 3.3.
            if !scope
                .bytes()
                .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            {
                return Err(ScopesError::Character);
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        Ok(Self(scopes))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openid_is_always_there_once_and_first() {
        for (text, scopes) in [
            ("", "openid"),
            ("profile", "openid profile"),
            (
                "profile openid  profile offline_access",
                "openid profile offline_access",
            ),
            (
                "urn:zitadel:iam:user:resourceowner",
                "openid urn:zitadel:iam:user:resourceowner",
            ),
        ] {
            assert_eq!(
                text.parse::<Scopes>().map(|found| found.to_string()).as_deref(),
                Ok(scopes)
            );
        }
        assert!(Scopes::default().contains("email"));
    }

    #[test]
    fn wrong_separators_and_characters_are_refused() {
        assert_eq!("openid,profile".parse::<Scopes>(), Err(ScopesError::Comma));
        assert_eq!(
            "openid \"profile\"".parse::<Scopes>(),
            Err(ScopesError::Character)
        );
        assert_eq!("openid pröfile".parse::<Scopes>(), Err(ScopesError::Character));
    }
}
