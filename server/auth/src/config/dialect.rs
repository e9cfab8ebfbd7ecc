//! Which habits of the provider are allowed for.

use std::{fmt, str::FromStr};

/// What is wrong with a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialectError {
    /// Not one that this build knows.
    #[error("is not a dialect that this build knows; use one of auto, standard")]
    Unknown,
}

/// How the provider's logout deviates from the specification. A dialect chooses parameters, never an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Told from the provider's metadata. The default.
    #[default]
    Auto,
    /// By the letter of the specification.
    Standard,
}

impl Dialect {
    /// All that this build knows.
    pub const ALL: [Self; 2] = [Self::Auto, Self::Standard];

    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Standard => "standard",
        }
    }
}

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == text)
            .ok_or(DialectError::Unknown)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ones_are_read_and_listed_in_the_refusal() {
        let refusal = "auth0".parse::<Dialect>().unwrap_err().to_string();
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
            assert!(refusal.contains(dialect.as_str()));
        }
    }
}
