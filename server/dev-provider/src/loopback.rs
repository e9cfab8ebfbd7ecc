//! The guard in front of every route: only a browser or program on this machine, speaking to it directly.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::HOST;
use http::{HeaderMap, StatusCode};
use url::Host;

use crate::issuer::is_loopback;

/// Answers 403 to a request that names another host (a page of some site that rebound its name to 127.0.0.1) or
/// that came through a proxy (the provider made public by accident).
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let authority_passes = request
        .uri()
        .authority()
        .is_none_or(|authority| names_loopback(authority.as_str()));
    if authority_passes && has_loopback_host(&request) && !was_forwarded(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("refused a request that was not made to loopback directly");
    (
        StatusCode::FORBIDDEN,
        "This development provider answers direct requests on loopback only.\n",
    )
        .into_response()
}

/// Whether the request names one host, and that is this machine.
pub(crate) fn has_loopback_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(names_loopback),
        // HTTP/2 says it in the authority alone.
        (None, _) => request.uri().authority().is_some(),
        (Some(_), Some(_)) => false,
    }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn names_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    Host::parse(host).is_ok_and(|host| is_loopback(&host))
}

fn was_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        ["forwarded", "via", "x-real-ip"].contains(&name.as_str())
            || name.as_str().starts_with("x-forwarded-")
    })
}

#[cfg(test)]
mod tests {
    use super::names_loopback;

    #[test]
    fn loopback_names_pass_with_and_without_a_port() {
        for authority in [
            "localhost",
            "LOCALHOST:3010",
            "127.0.0.1:3010",
            "127.1.2.3",
            "[::1]",
            "[::1]:3010",
        ] {
            assert!(names_loopback(authority), "{authority}");
        }
    }

    #[test]
    fn every_other_name_is_refused() {
        for authority in [
            "example.com",
            "localhost.example.com",
            "192.0.2.1",
            "0.0.0.0",
            "[::]",
            "",
            "127.0.0.1.example.com:80",
            "user@localhost",
            "localhost:",
            "localhost:80:80",
            "a.localhost",
        ] {
            assert!(!names_loopback(authority), "{authority}");
        }
    }
}
