//! What goes on to the platform of a request beside its cookies, and what of it is believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName, header};

use super::cookies::CookieNames;
use crate::config::TrustedProxies;

/// What a proxy says of the request that it passes on.
pub const FORWARDED: [HeaderName; 5] = [
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-prefix"),
];

/// The address of the peer, the one that the connection comes from.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip().to_canonical())
}

/// Removes forwarding headers that nobody vouches for, so that nothing behind reads them.
pub fn strip_untrusted(headers: &mut HeaderMap, peer: Option<IpAddr>, trusted: &TrustedProxies) {
    if peer.is_some_and(|peer| trusted.contains(peer)) {
        return;
    }
    for name in FORWARDED {
        headers.remove(name);
    }
    for name in ["forwarded", "x-real-ip", "x-original-url"] {
        headers.remove(name);
    }
}

/// The headers of the request to the platform: the listed cookies, `Authorization`, and the forwarding headers that are still
/// there after [`strip_untrusted`]. Nothing else of the browser's request leaves.
#[must_use]
pub fn forward(headers: &HeaderMap, cookies: &CookieNames) -> HeaderMap {
    let mut out = HeaderMap::new();
    if let Some(cookie) = cookies.forward(headers) {
        out.insert(header::COOKIE, cookie);
    }
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    if let (Some(authorization), None) = (authorizations.next(), authorizations.next()) {
        let mut authorization = authorization.clone();
        authorization.set_sensitive(true);
        out.insert(header::AUTHORIZATION, authorization);
    }
    for name in FORWARDED {
        for value in headers.get_all(&name) {
            out.append(name.clone(), value.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn request() -> HeaderMap {
        [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-prefix", "/evil"),
            ("authorization", "Bearer t"),
            ("cookie", "access_token=a; theme=dark"),
            ("x-user-id", "ada"),
            ("user-agent", "browser"),
        ]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
    }

    fn forwarded_from(peer: &str) -> HeaderMap {
        let mut headers = request();
        let trusted = "10.0.0.0/8".parse().unwrap();
        strip_untrusted(&mut headers, peer.parse().ok(), &trusted);
        forward(&headers, &CookieNames::default())
    }

    #[test]
    fn k04_forwarding_headers_of_strangers_go_nowhere() {
        let forwarded = forwarded_from("203.0.113.9");
        assert!(
            FORWARDED.iter().all(|name| !forwarded.contains_key(name)),
            "{forwarded:?}"
        );
        assert_eq!(forwarded[header::AUTHORIZATION], "Bearer t");
        let forwarded = forwarded_from("10.1.2.3");
        assert!(
            FORWARDED.iter().all(|name| forwarded.contains_key(name)),
            "{forwarded:?}"
        );
    }

    #[test]
    fn k03_nothing_but_what_is_listed_leaves() {
        let forwarded = forwarded_from("203.0.113.9");
        assert_eq!(forwarded[header::COOKIE], "access_token=a");
        assert_eq!(forwarded.len(), 2, "{forwarded:?}");
    }
}
