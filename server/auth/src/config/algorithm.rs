//! How tokens must be signed.

use std::{fmt, str::FromStr};

/// What is wrong with a signing algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenAlgError {
    /// `none`: anyone could write such a token.
    #[error(
        "is `none`, which proves nothing; set the asymmetric algorithm that the provider signs with, like RS256"
    )]
    Unsigned,
    /// `HS…`: whoever can verify such a token can also write one.
    #[error("is an HMAC algorithm; have the provider sign with an asymmetric one and set that, like RS256")]
    Symmetric,
    /// Not one we verify.
    #[error(
        "is not an algorithm that this program verifies; use one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA"
    )]
    Unknown,
}

/// The one algorithm that ID tokens and logout tokens must be signed with: asymmetric, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdTokenAlg {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// ECDSA over P-384 with SHA-384.
    Es384,
    /// EdDSA over Ed25519.
    EdDsa,
}

impl IdTokenAlg {
    /// All that are verified, the one to be preferred first.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// Its name in a token's header and in the provider's metadata.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl FromStr for IdTokenAlg {
    type Err = IdTokenAlgError;

    fn from_str(text: &str) -> Result<Self, IdTokenAlgError> {
        if let Some(known) = Self::ALL.into_iter().find(|alg| alg.as_str() == text) {
            return Ok(known);
        }
        let upper = text.to_ascii_uppercase();
        Err(match upper.as_str() {
            "NONE" => IdTokenAlgError::Unsigned,
            _ if upper.starts_with("HS") => IdTokenAlgError::Symmetric,
            _ => IdTokenAlgError::Unknown,
        })
    }
}

impl fmt::Display for IdTokenAlg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_read_back() {
        for alg in IdTokenAlg::ALL {
            assert_eq!(alg.to_string().parse(), Ok(alg));
        }
    }

    #[test]
    fn what_anyone_could_forge_is_refused() {
        for text in ["none", "None", "NONE"] {
            assert_eq!(text.parse::<IdTokenAlg>(), Err(IdTokenAlgError::Unsigned));
        }
        for text in ["HS256", "hs512"] {
            assert_eq!(text.parse::<IdTokenAlg>(), Err(IdTokenAlgError::Symmetric));
        }
        for text in ["", "rs256", "RS256 ", "RS1", "ES256K"] {
            assert_eq!(
                text.parse::<IdTokenAlg>(),
                Err(IdTokenAlgError::Unknown),
                "{text}"
            );
        }
    }

    #[test]
    fn the_message_lists_every_algorithm() {
        let message = IdTokenAlgError::Unknown.to_string();
        assert!(IdTokenAlg::ALL.iter().all(|alg| message.contains(alg.as_str())));
    }
}
