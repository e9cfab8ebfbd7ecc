//! What the stand-in is told at its start.

use std::collections::HashSet;
use std::fmt;

use url::Url;

use super::signature::Signature;
use crate::config::{Clock, User, demo_users, system_clock};
use crate::issuer::is_loopback;

/// The settings of a [`PlatformStandIn`](super::PlatformStandIn).
#[derive(Clone)]
pub struct PlatformConfig {
    /// Where browsers reach it: an `http` origin on a loopback host.
    pub origin: String,
    /// What is behind the gateway.
    pub extensions: Vec<Extension>,
    /// The people the picker offers.
    pub users: Vec<User>,
    /// How long both sessions are good, in seconds: eight hours.
    pub session_lifetime: i64,
    /// With what the gateway signs who is asking; without it nothing is signed.
    pub signature: Option<Signature>,
    /// Where the time comes from.
    pub now: Clock,
}

impl PlatformConfig {
    /// The settings for `origin` and `extensions`, with [`demo_users`], no signature and the system's clock.
    #[must_use]
    pub fn new(origin: impl Into<String>, extensions: Vec<Extension>) -> Self {
        Self {
            origin: origin.into(),
            extensions,
            users: demo_users(),
            session_lifetime: 8 * 3600,
            signature: None,
            now: system_clock(),
        }
    }

    /// The origin, taken apart, if all settings are right.
    pub(super) fn check(&self) -> Result<Url, PlatformConfigError> {
        let origin = loopback_origin(&self.origin).ok_or_else(|| PlatformConfigError::Origin {
            origin: self.origin.clone(),
        })?;
        let mut seen = HashSet::new();
        for extension in &self.extensions {
            extension.check()?;
            if !seen.insert(&extension.place) {
                return Err(PlatformConfigError::PlaceTaken {
                    place: extension.place.clone(),
                });
            }
        }
        Ok(origin)
    }
}

impl fmt::Debug for PlatformConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformConfig")
            .field("origin", &self.origin)
            .field("extensions", &self.extensions)
            .field("users", &self.users)
            .field("session_lifetime", &self.session_lifetime)
            .field("signature", &self.signature)
            .finish_non_exhaustive()
    }
}

/// Where browsers find an extension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Below a path of the platform's origin, like `/runtime/apps/notes`: no slash at its end.
    Path(String),
    /// At a port of its own of the platform's host.
    Port(u16),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Port(port) => write!(f, ":{port}"),
        }
    }
}

/// Whom the gateway lets through to an extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// Everyone; who is signed in is named to the extension.
    #[default]
    Everyone,
    /// Who is signed in. A navigation of anyone else goes to the login, any other request gets 401.
    SignedIn,
}

/// An extension behind the gateway.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Where browsers find it.
    pub place: Place,
    /// Where it listens: an `http` origin on a loopback host.
    pub upstream: String,
    /// Whom the gateway lets through.
    pub admission: Admission,
    /// Whether the gateway takes the path off before it passes a request on. `x-forwarded-prefix` names it either way.
    pub strips_prefix: bool,
}

impl Extension {
    /// An extension at `place` that lets everyone in and is given whole paths.
    #[must_use]
    pub fn new(place: Place, upstream: impl Into<String>) -> Self {
        Self {
            place,
            upstream: upstream.into(),
            admission: Admission::default(),
            strips_prefix: false,
        }
    }

    /// Lets only those in who are signed in.
    #[must_use]
    pub const fn for_signed_in(mut self) -> Self {
        self.admission = Admission::SignedIn;
        self
    }

    /// Takes the path off.
    #[must_use]
    pub const fn strip_prefix(mut self) -> Self {
        self.strips_prefix = true;
        self
    }

    fn check(&self) -> Result<(), PlatformConfigError> {
        if let Place::Path(path) = &self.place
            && !is_mountable(path)
        {
            return Err(PlatformConfigError::Path { path: path.clone() });
        }
        if loopback_origin(&self.upstream).is_none() {
            return Err(PlatformConfigError::Upstream {
                upstream: self.upstream.clone(),
            });
        }
        Ok(())
    }

    /// The path below which browsers find it: empty for a port of its own.
    pub(super) fn prefix(&self) -> &str {
        match &self.place {
            Place::Path(path) => path,
            Place::Port(_) => "",
        }
    }
}

/// `/a/b`, of characters that mean nothing to a router, and not where the platform itself is.
fn is_mountable(path: &str) -> bool {
    let mut segments = path.split('/');
    segments.next() == Some("")
        && path.len() > 1
        && !["/api", "/login"].contains(&path)
        && !path.starts_with("/api/")
        && segments.all(|segment| {
            !["", ".", ".."].contains(&segment)
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        })
}

/// An `http` origin on this machine and nothing behind it.
fn loopback_origin(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let plain = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let on_loopback = url.host().is_some_and(|host| is_loopback(&host));
    (url.scheme() == "http" && plain && on_loopback).then_some(url)
}

/// Why a stand-in could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformConfigError {
    /// Its own address is wrong.
    #[error("the origin {origin:?} must be an http URL on a loopback host, without a path")]
    Origin {
        /// The address as given.
        origin: String,
    },
    /// Nothing can be mounted there.
    #[error(
        "an extension cannot be mounted at {path:?}: use a path like /runtime/apps/notes, without a slash at its end and not below /api or at /login"
    )]
    Path {
        /// The path as given.
        path: String,
    },
    /// The address of an extension is wrong.
    #[error("the extension's address {upstream:?} must be an http URL on a loopback host, without a path")]
    Upstream {
        /// The address as given.
        upstream: String,
    },
    /// Two extensions at one place.
    #[error("two extensions are at {place}; give each a place of its own")]
    PlaceTaken {
        /// The place.
        place: Place,
    },
    /// The client that asks extensions could not be made.
    #[error("the client that passes requests on could not be made")]
    Client(#[source] reqwest::Error),
    /// The system gave no random bytes.
    #[error(transparent)]
    Random(#[from] crate::random::RandomSourceFailed),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_fronted_and_only_below_whole_segments() {
        for (path, upstream, right) in [
            ("/runtime/apps/notes", "http://127.0.0.1:4000", true),
            ("/a", "http://localhost:4000/", true),
            ("", "http://127.0.0.1:4000", false),
            ("/", "http://127.0.0.1:4000", false),
            ("/a/", "http://127.0.0.1:4000", false),
            ("a", "http://127.0.0.1:4000", false),
            ("/a/../b", "http://127.0.0.1:4000", false),
            ("/{a}", "http://127.0.0.1:4000", false),
            ("/api/auth", "http://127.0.0.1:4000", false),
            ("/a", "http://192.0.2.1:4000", false),
            ("/a", "https://127.0.0.1:4000", false),
            ("/a", "http://127.0.0.1:4000/x", false),
            ("/a", "http://user@127.0.0.1:4000", false),
        ] {
            let extension = Extension::new(Place::Path(path.to_owned()), upstream);
            let checked = PlatformConfig::new("http://localhost:3000", vec![extension]).check();
            assert_eq!(checked.is_ok(), right, "{path} {upstream}: {checked:?}");
        }
    }

    #[test]
    fn its_own_address_is_on_loopback_and_no_place_is_given_twice() {
        for origin in [
            "http://example.com",
            "https://localhost",
            "http://localhost/x",
            "x",
        ] {
            let refused = PlatformConfig::new(origin, Vec::new()).check().unwrap_err();
            assert!(matches!(refused, PlatformConfigError::Origin { .. }), "{refused}");
        }
        let twice = Extension::new(Place::Port(4001), "http://127.0.0.1:4000");
        let refused = PlatformConfig::new("http://localhost:3000", vec![twice.clone(), twice])
            .check()
            .unwrap_err();
        assert!(
            matches!(refused, PlatformConfigError::PlaceTaken { .. }),
            "{refused}"
        );
    }
}
