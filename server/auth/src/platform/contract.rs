//! In which of its two versions the platform's contract is spoken.

use std::{fmt, str::FromStr};

/// What is wrong with the name of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is neither legacy nor current; write one of the two")]
pub struct ContractError;

/// The version of the contract between an extension's front end and its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contract {
    /// The older: `/session` answers 401 to nobody, names are `session_expires_at`, `redirect_uri`. The default.
    #[default]
    Legacy,
    /// The newer: `/session` always answers 200 and says `is_authenticated`; names are `expires_at`, `return_to`.
    Current,
}

impl Contract {
    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Current => "current",
        }
    }
}

impl FromStr for Contract {
    type Err = ContractError;

    fn from_str(text: &str) -> Result<Self, ContractError> {
        [Self::Legacy, Self::Current]
            .into_iter()
            .find(|contract| contract.as_str() == text)
            .ok_or(ContractError)
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
