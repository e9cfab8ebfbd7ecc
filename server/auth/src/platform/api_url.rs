//! Where the platform is: as this server reaches it, and as browsers do.

use std::{fmt, str::FromStr};

use url::Url;

use crate::config::{PublicUrl, Query, UrlError, parse_address};

/// The platform's API as this server reaches it (`KAMIWAZA_API_URL`). Plain http is accepted, since it is often an address inside of
/// a cluster; [`is_in_the_clear`](Self::is_in_the_clear) tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUrl(Url);

impl ApiUrl {
    /// The address of a path below the API. No path leaves it.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!(
            "{}/{}",
            self.0.as_str().trim_end_matches('/'),
            path.trim_start_matches('/')
        )
    }

    /// Host, with the port if it has one of its own.
    #[must_use]
    pub fn host(&self) -> String {
        host_of(&self.0)
    }

    /// Whether what is sent there crosses a network without encryption.
    #[must_use]
    pub fn is_in_the_clear(&self) -> bool {
        let is_loopback = self
            .0
            .host()
            .is_some_and(|host| crate::config::is_loopback(&host));
        self.0.scheme() == "http" && !is_loopback
    }
}

impl FromStr for ApiUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        match text.strip_prefix("http://") {
            // The rule of all addresses, but for the scheme.
            Some(rest) => parse_address(&format!("https://{rest}"), Query::Refused)?,
            None => parse_address(text, Query::Refused)?,
        };
        Url::parse(text).map(Self).map_err(|_| UrlError::Malformed)
    }
}

/// The platform's API as browsers reach it (`KAMIWAZA_PUBLIC_API_URL`): https, or http on a loopback host.
///
/// Every address of the platform that a browser is sent to is built or judged by this type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicApiUrl(PublicUrl);

impl PublicApiUrl {
    /// The address of a path below the API.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        self.0.absolute(path)
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.origin()
    }

    /// Whether browsers find it on their own machine.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.0.is_loopback()
    }

    /// What people know the platform by.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// Where a person signs in: `{api}/auth/login?redirect_uri=…&state=…`.
    #[must_use]
    pub fn login(&self, redirect_uri: &str, state: &str) -> String {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state)
            .finish();
        self.absolute(&format!("/auth/login?{query}"))
    }

    /// The platform's own page to sign in: `/login` beside the API. Path segments are compared, never text, so that a host or
    /// a segment that begins with "api" stays what it is.
    #[must_use]
    pub fn login_page(&self) -> String {
        let beside = self.0.base_path().strip_suffix("/api");
        format!(
            "{}{}/login",
            self.0.origin(),
            beside.unwrap_or(self.0.base_path())
        )
    }
}

impl FromStr for PublicApiUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for PublicApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k08_the_login_page_stands_beside_the_api_whatever_the_host_is_called() {
        for (api, page) in [
            ("https://api.example.com/api", "https://api.example.com/login"),
            ("https://api.example.com", "https://api.example.com/login"),
            ("https://k.example/apis", "https://k.example/apis/login"),
            ("https://k.example/api/api", "https://k.example/api/login"),
            ("https://k.example/x/api/", "https://k.example/x/login"),
            ("https://localhost/api", "https://localhost/login"),
        ] {
            let url: PublicApiUrl = api.parse().unwrap();
            assert_eq!(url.login_page(), page, "{api}");
        }
    }

    #[test]
    fn k06_the_state_of_a_login_is_not_where_it_returns_to() {
        let url: PublicApiUrl = "https://k.example/api".parse().unwrap();
        assert_eq!(
            url.login("https://a.example/x?y=1&z=2", "random"),
            "https://k.example/api/auth/login?redirect_uri=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z%3D2&state=random"
        );
    }

    #[test]
    fn the_server_may_reach_it_in_the_clear_and_browsers_may_not() {
        let inside: ApiUrl = "http://host.docker.internal:8080/".parse().unwrap();
        assert!(inside.is_in_the_clear());
        assert_eq!(
            inside.join("/auth/logout"),
            "http://host.docker.internal:8080/auth/logout"
        );
        assert!(!"http://127.0.0.1:1".parse::<ApiUrl>().unwrap().is_in_the_clear());
        assert!(
            !"https://k.example/api"
                .parse::<ApiUrl>()
                .unwrap()
                .is_in_the_clear()
        );
        assert_eq!(
            "http://k.example/api".parse::<PublicApiUrl>(),
            Err(UrlError::NotHttps)
        );
        for wrong in [
            "k.example",
            "ftp://k.example",
            "https://u:p@k.example",
            "https://k.example?x",
            "http://k.example#x",
        ] {
            assert!(wrong.parse::<ApiUrl>().is_err(), "{wrong}");
        }
    }
}
