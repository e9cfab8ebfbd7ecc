//! How strictly logout tokens are judged where the specification and the providers in the field differ.

use std::{fmt, str::FromStr};

/// What is wrong with a setting of [`Strictness`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StrictnessError {
    /// Neither of the two.
    #[error("is not a way to judge logout tokens; use one of lenient, strict")]
    Unknown,
}

/// Whether a rule is held as the providers in the field keep it, or to the letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// As the providers in the field keep it. The default.
    #[default]
    Lenient,
    /// To the letter.
    Strict,
}

impl Strictness {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Lenient, Self::Strict];

    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lenient => "lenient",
            Self::Strict => "strict",
        }
    }
}

impl FromStr for Strictness {
    type Err = StrictnessError;

    fn from_str(text: &str) -> Result<Self, StrictnessError> {
        Self::ALL
            .into_iter()
            .find(|strictness| strictness.as_str() == text)
            .ok_or(StrictnessError::Unknown)
    }
}

impl fmt::Display for Strictness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How logout tokens are judged. Everything that is not said here has no leeway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogoutTokenPolicy {
    /// The header's `typ`. Lenient: absent, `JWT` or `logout+jwt`, with or without `application/`, in any case. Strict:
    /// `logout+jwt`, to the letter (`EXEUNT_LOGOUT_TOKEN_TYP`, `lenient`).
    /// [Back-Channel Logout 1.0, section 4.1](https://openid.net/specs/openid-connect-backchannel-1_0.html#CrossJWT)
    pub typ: Strictness,
    /// A missing `exp`, which older providers leave out. Lenient: accepted while `iat` is at most five minutes old. Strict:
    /// refused (`EXEUNT_LOGOUT_TOKEN_EXP`, `lenient`).
    /// [Back-Channel Logout 1.0, section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    pub exp: Strictness,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ones_are_read_and_listed_in_the_refusal() {
        let refusal = "Strict".parse::<Strictness>().unwrap_err().to_string();
        for strictness in Strictness::ALL {
            assert_eq!(strictness.to_string().parse(), Ok(strictness));
            assert!(refusal.contains(strictness.as_str()));
        }
        assert_eq!(Strictness::default(), Strictness::Lenient);
    }
}
