//! Where the provider's session is ended, if its metadata does not say.

use std::{fmt, str::FromStr};

use url::Url;

use super::address::{self, Query, UrlError};

/// An end-session endpoint that the operator sets because discovery names none. It may have a query, which is kept.
///
/// [OpenID Connect RP-Initiated Logout 1.0, section 2.1](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#OPMetadata).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndSessionEndpoint(Url);

impl EndSessionEndpoint {
    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for EndSessionEndpoint {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        address::parse(text, Query::Allowed).map(Self)
    }
}

impl fmt::Display for EndSessionEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i8_it_must_be_safe_and_absolute() {
        let good: EndSessionEndpoint = "https://id.example/logout?tenant=1".parse().unwrap();
        assert_eq!(good.to_string(), "https://id.example/logout?tenant=1");
        for (text, error) in [
            ("/logout", UrlError::Malformed),
            ("http://id.example/logout", UrlError::NotHttps),
            ("https://a:b@id.example/logout", UrlError::UserInfo),
            ("https://id.example/logout#now", UrlError::Fragment),
        ] {
            assert_eq!(text.parse::<EndSessionEndpoint>(), Err(error), "{text}");
        }
    }
}
