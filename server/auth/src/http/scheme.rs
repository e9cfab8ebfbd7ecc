//! Whether browsers come by the scheme that `EXEUNT_PUBLIC_URL` names, as the proxy in front tells it.
//!
//! Where it says https and they come by http, no browser keeps a cookie of ours, and each sign-in ends where it began; the other
//! way round every request that would change something is refused. Neither says why to the person, so the log does.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use http::HeaderMap;

use crate::site::Site;

/// Warns of it, once for a process.
pub(super) fn note(site: &Site, request: &Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_from_proxy =
        peer.is_some_and(|ConnectInfo(peer)| site.trusted_proxies().contains(peer.ip().to_canonical()));
    if !is_from_proxy {
        return;
    }
    if let Some(scheme) = other_scheme(site.public_url().is_secure(), request.headers()) {
        site.once_for_scheme(|| {
            tracing::warn!(
                target: "exeunt::site",
                scheme,
                "the proxy in front says that a browser came by a scheme that EXEUNT_PUBLIC_URL does not name: nobody can sign in \
                 that way; let the proxy redirect http to https and set X-Forwarded-Proto itself, or set EXEUNT_PUBLIC_URL to \
                 what browsers see"
            );
        });
    }
}

/// The scheme that the browser used, where it is the wrong one. What else stands in the header is nobody's scheme.
fn other_scheme(is_secure: bool, headers: &HeaderMap) -> Option<&'static str> {
    let told = headers.get("x-forwarded-proto")?.to_str().ok()?;
    // Several proxies: the first is the one that the browser spoke to.
    let browsers = told.split(',').next()?.trim();
    let wrong = if is_secure { "http" } else { "https" };
    browsers.eq_ignore_ascii_case(wrong).then_some(wrong)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_wrong_scheme_is_the_one_that_the_public_address_does_not_have() {
        let told = |is_secure, value: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert("x-forwarded-proto", HeaderValue::from_static(value));
            }
            other_scheme(is_secure, &headers)
        };
        assert_eq!(told(true, Some("http")), Some("http"));
        assert_eq!(told(true, Some("HTTP, https")), Some("http"));
        assert_eq!(told(true, Some("https,http")), None);
        assert_eq!(told(true, Some("https")), None);
        assert_eq!(told(true, Some("gopher")), None);
        assert_eq!(told(true, None), None);
        assert_eq!(told(false, Some("https")), Some("https"));
        assert_eq!(told(false, Some("http")), None);
    }
}
