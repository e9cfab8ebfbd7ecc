//! Where a browser may be sent: the platform's own origin, and the ports of its extensions.

use url::Url;

/// The origins a browser may be sent to.
#[derive(Debug)]
pub(super) struct Destinations {
    platform: Url,
    /// Serialized: the platform's, then those of extensions with a port of their own.
    allowed: Vec<String>,
}

impl Destinations {
    /// `platform` is an `http` origin; `ports` are further ones of its host.
    pub(super) fn new(platform: Url, ports: impl IntoIterator<Item = u16>) -> Self {
        let mut allowed = vec![platform.origin().ascii_serialization()];
        for port in ports {
            let mut other = platform.clone();
            // Only a URL without a host refuses a port.
            if other.set_port(Some(port)).is_ok() {
                allowed.push(other.origin().ascii_serialization());
            }
        }
        Self { platform, allowed }
    }

    /// The platform's origin, without a slash at its end.
    pub(super) fn origin(&self) -> &str {
        &self.allowed[0]
    }

    /// The address a redirect may go to, made absolute; `None` for every other origin, and for whatever is no address.
    ///
    /// The URL parser decides where an address leads, as it does in the browser: `//host`, `/\host` and tabs in between
    /// mean to it what they mean there.
    pub(super) fn judge(&self, redirect_uri: &str) -> Option<String> {
        let url = self.platform.join(redirect_uri).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        let origin = url.origin().ascii_serialization();
        (plain && self.allowed.contains(&origin)).then(|| url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_origins_are_gone_to() {
        let origin = Url::parse("http://localhost:3000").unwrap();
        let destinations = Destinations::new(origin, [4001]);
        for (redirect_uri, judged) in [
            (
                "/runtime/apps/a?x=1",
                Some("http://localhost:3000/runtime/apps/a?x=1"),
            ),
            ("http://localhost:3000/a", Some("http://localhost:3000/a")),
            ("http://localhost:4001/", Some("http://localhost:4001/")),
            ("http://localhost:4002/", None),
            ("https://localhost:3000/", None),
            ("http://evil.example/", None),
            ("//evil.example/", None),
            ("/\\evil.example/", None),
            ("/\t/evil.example/", None),
            ("http:\\\\evil.example", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("http://user@localhost:3000/", None),
            ("http://localhost:3000@evil.example/", None),
        ] {
            assert_eq!(
                destinations.judge(redirect_uri).as_deref(),
                judged,
                "{redirect_uri}"
            );
        }
    }
}
