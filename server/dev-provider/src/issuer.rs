//! The issuer identifier and what follows from it.

use url::{Host, Url};

use crate::config::ConfigError;

/// The issuer identifier, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    /// Exactly as configured: it is compared as a string by everyone who reads it.
    pub(crate) identifier: String,
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// The path without a trailing slash; empty at the root.
    pub(crate) base_path: String,
}

impl Issuer {
    pub(crate) fn parse(identifier: &str) -> Result<Self, ConfigError> {
        let refused = || ConfigError::Issuer {
            issuer: identifier.to_owned(),
        };
        let url = Url::parse(identifier).map_err(|_| refused())?;
        let on_loopback = url.host().is_some_and(|host| is_loopback(&host));
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let path = url.path().trim_end_matches('/');
        // Everything else would mean something to the router.
        let routable = path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
        if url.scheme() != "http" || !on_loopback || !plain || !routable || path.contains("//") {
            return Err(refused());
        }
        Ok(Self {
            identifier: identifier.to_owned(),
            origin: url.origin().ascii_serialization(),
            base_path: path.to_owned(),
        })
    }

    /// The address of `path` below the issuer.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.base_path)
    }

    /// The path of `path` below the issuer.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }
}

/// Whether a host is this machine and nothing else.
pub(crate) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
