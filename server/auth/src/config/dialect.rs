//! Which habits of the provider are allowed for.

use std::{fmt, str::FromStr};

/// What is wrong with a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialectError {
    /// Not one that this build knows.
    #[error("is not a dialect that this build knows; use one of {}", names())]
    Unknown,
}

/// How the provider's logout deviates from the specification. A dialect chooses parameters, never an address (invariant
/// I8). What each one means stands in [`TABLE`](crate::provider::dialect::TABLE).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Told from the issuer and the provider's metadata. The default.
    #[default]
    Auto,
    /// By the letter of the specification.
    Standard,
    /// Zitadel.
    Zitadel,
    /// Keycloak 18 and later.
    Keycloak,
    /// Keycloak before 18.
    KeycloakLegacy,
    /// Auth0, at its `/oidc/logout`.
    Auth0,
    /// Auth0, at its older `/v2/logout`.
    Auth0Legacy,
    /// Okta.
    Okta,
    /// Microsoft Entra ID.
    Entra,
    /// Amazon Cognito.
    Cognito,
    /// Google.
    Google,
    /// Ory Hydra.
    Hydra,
    /// Rauthy.
    Rauthy,
}

impl Dialect {
    /// All that this build knows.
    pub const ALL: [Self; 13] = [
        Self::Auto,
        Self::Standard,
        Self::Zitadel,
        Self::Keycloak,
        Self::KeycloakLegacy,
        Self::Auth0,
        Self::Auth0Legacy,
        Self::Okta,
        Self::Entra,
        Self::Cognito,
        Self::Google,
        Self::Hydra,
        Self::Rauthy,
    ];

    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Standard => "standard",
            Self::Zitadel => "zitadel",
            Self::Keycloak => "keycloak",
            Self::KeycloakLegacy => "keycloak-legacy",
            Self::Auth0 => "auth0",
            Self::Auth0Legacy => "auth0-legacy",
            Self::Okta => "okta",
            Self::Entra => "entra",
            Self::Cognito => "cognito",
            Self::Google => "google",
            Self::Hydra => "hydra",
            Self::Rauthy => "rauthy",
        }
    }
}

fn names() -> String {
    Dialect::ALL.map(Dialect::as_str).join(", ")
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
        let refusal = "auth1".parse::<Dialect>().unwrap_err().to_string();
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
            assert!(refusal.contains(dialect.as_str()));
        }
        for wrong in ["", "Auth0", " okta", "keycloak_legacy"] {
            assert_eq!(wrong.parse::<Dialect>(), Err(DialectError::Unknown), "{wrong:?}");
        }
    }
}
