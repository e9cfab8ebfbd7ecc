//! Where people find the app.

use std::{fmt, str::FromStr};

use super::address::{self, Query, UrlError};

/// The address of the app as browsers see it: https, or http on a loopback host, with an optional path prefix.
///
/// Every absolute URL and every path that leaves the app is built by this type, so none of them can come from a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    base_path: String,
    host: String,
    loopback: bool,
}

impl PublicUrl {
    /// Scheme, host and, unless it is the scheme's own, port: `https://host:8443`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path prefix: empty, or `/some/app` with a slash in front and none behind.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The host alone, without port; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is https, so that cookies can be `Secure` and named `__Host-…`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The absolute URL of a path of the app: origin, prefix, path.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{}", self.origin, self.rooted(path))
    }

    /// A path of the app as the browser must ask for it: prefix, path.
    #[must_use]
    pub fn rooted(&self, path: &str) -> String {
        // Without the slash, "//evil.example" could come of an empty prefix, or "/appevil" of another.
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path}", self.base_path)
    }
}

impl FromStr for PublicUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let url = address::parse(text, Query::Refused)?;
        let host = url.host().ok_or(UrlError::Malformed)?;
        let path = url.path();
        let base_path = path.strip_suffix('/').unwrap_or(path).to_owned();
        // The parser resolves `..`; what is used must be what was written.
        let as_written = text.splitn(4, '/').nth(3).unwrap_or_default() == path.trim_start_matches('/');
        // The prefix goes into cookie attributes, HTML and route matching; plain segments mean the same in all of them.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        let is_segment = |part: &str| !part.is_empty() && part.chars().all(plain);
        if !as_written || !base_path.split('/').skip(1).all(is_segment) {
            return Err(UrlError::Prefix);
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            loopback: address::is_loopback(&host),
            host: host.to_string(),
            base_path,
        })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> PublicUrl {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn origin_and_prefix_are_told_apart() {
        for (text, origin, base) in [
            ("http://localhost:3000", "http://localhost:3000", ""),
            ("https://app.example", "https://app.example", ""),
            ("https://app.example/", "https://app.example", ""),
            (
                "https://app.example:443/some/app",
                "https://app.example",
                "/some/app",
            ),
            (
                "https://APP.example:8443/some/app/",
                "https://app.example:8443",
                "/some/app",
            ),
            ("http://[::1]:3000/a.b~c-d_e", "http://[::1]:3000", "/a.b~c-d_e"),
        ] {
            let url = parsed(text);
            assert_eq!((url.origin(), url.base_path()), (origin, base), "{text}");
        }
    }

    #[test]
    fn paths_are_built_below_the_prefix() {
        let url = parsed("https://app.example/some/app");
        assert_eq!(
            url.absolute("/auth/callback"),
            "https://app.example/some/app/auth/callback"
        );
        assert_eq!(url.rooted("/"), "/some/app/");
        assert_eq!(parsed("https://app.example").rooted("/"), "/");
        assert_eq!(url.to_string(), "https://app.example/some/app");
    }

    #[test]
    fn i7_no_path_leaves_the_origin() {
        let url = parsed("https://app.example");
        assert_eq!(
            url.absolute(".evil.example/"),
            "https://app.example/.evil.example/"
        );
        assert_eq!(
            url.absolute("@evil.example/"),
            "https://app.example/@evil.example/"
        );
    }

    #[test]
    fn security_and_loopback_are_known() {
        assert!(parsed("https://app.example").is_secure());
        assert!(!parsed("https://app.example").is_loopback());
        assert!(!parsed("http://localhost:3000").is_secure());
        for local in ["http://localhost:3000", "http://127.0.0.1", "https://[::1]"] {
            assert!(parsed(local).is_loopback(), "{local}");
        }
        assert_eq!(parsed("http://[::1]:3000").host(), "[::1]");
    }

    #[test]
    fn a_prefix_that_could_mean_two_things_is_refused() {
        for path in [
            "/a//b", "/a//", "/..", "/a/.", "/a;b", "/a%2fb", "/a b", "/a/../b", "/ä", "/a,b", "/a\"b", "//a",
        ] {
            let outcome = format!("https://app.example{path}").parse::<PublicUrl>();
            assert!(outcome.is_err(), "{path}: {outcome:?}");
        }
        assert_eq!(
            "https://app.example/a;b".parse::<PublicUrl>(),
            Err(UrlError::Prefix)
        );
    }
}
