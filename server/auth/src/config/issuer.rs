//! Who vouches for people.

use std::{fmt, str::FromStr};

use super::address::{self, Query, UrlError};

/// The provider's issuer identifier, kept exactly as it was written: discovery document and tokens are compared with it
/// character by character.
///
/// [OpenID Connect Core 1.0, section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation),
/// step 2; the form follows
/// [OpenID Connect Discovery 1.0, section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    verbatim: String,
    loopback: bool,
}

impl Issuer {
    /// The identifier as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.verbatim
    }

    /// Whether the provider runs on this machine: only then may its endpoints be plain http.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl FromStr for Issuer {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let url = address::parse(text, Query::Refused)?;
        let loopback = url.host().is_some_and(|host| address::is_loopback(&host));
        Ok(Self {
            verbatim: text.to_owned(),
            loopback,
        })
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verbatim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_verbatim() {
        for text in [
            "https://id.example",
            "https://id.example/",
            "https://ID.example:443/realms/x",
            "http://127.0.0.1:3010",
        ] {
            assert_eq!(
                text.parse::<Issuer>().map(|issuer| issuer.to_string()).as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn i8_only_a_safe_absolute_url_is_an_issuer() {
        for (text, error) in [
            ("http://id.example", UrlError::NotHttps),
            ("id.example", UrlError::Malformed),
            ("https://id.example ", UrlError::Malformed),
            ("https://id.example?tenant=1", UrlError::Query),
            ("https://id.example/#x", UrlError::Fragment),
            ("https://me:secret@id.example", UrlError::UserInfo),
        ] {
            assert_eq!(text.parse::<Issuer>(), Err(error), "{text}");
        }
    }
}
