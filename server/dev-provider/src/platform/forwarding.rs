//! Passing a request on to an extension, and its answer back.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse as _, Response};
use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, StatusCode, Uri};
use reqwest::redirect::Policy;
use url::Url;

use super::config::{Extension, PlatformConfigError};
use super::identity::{insert, is_the_gateways};
use super::pages;
use crate::random::unguessable;

/// The longest body that is passed on to an extension; it is read to its end before. Answers pass as they come.
const BODY_LIMIT: usize = 1024 * 1024;

/// The gateway's way to extensions.
#[derive(Debug)]
pub(super) struct Forwarding(reqwest::Client);

impl Forwarding {
    pub(super) fn new() -> Result<Self, PlatformConfigError> {
        reqwest::Client::builder()
            // The browser is to see them.
            .redirect(Policy::none())
            .no_proxy()
            // A connection that was kept may be one to a process that has ended.
            .pool_max_idle_per_host(0)
            .build()
            .map(Self)
            .map_err(PlatformConfigError::Client)
    }

    /// Passes a request on with these headers. Answers 502 when the extension cannot be reached.
    pub(super) async fn pass_on(
        &self,
        extension: &Extension,
        request: Request,
        headers: HeaderMap,
    ) -> Response {
        let Some(address) = address(extension, request.uri()) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let method = request.method().clone();
        let Ok(body) = to_bytes(request.into_body(), BODY_LIMIT).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let mut asked = self.0.request(method, address).headers(headers);
        if !body.is_empty() {
            asked = asked.body(body);
        }
        match asked.send().await {
            Ok(answer) => {
                let (mut parts, body) = http::Response::from(answer).into_parts();
                remove_hop_by_hop(&mut parts.headers);
                Response::from_parts(parts, Body::new(body))
            }
            Err(error) => {
                // Without its address: that has the query, in which a state may be.
                tracing::warn!(error = %error.without_url(), place = %extension.place, "an extension cannot be reached");
                pages::unreachable(extension)
            }
        }
    }
}

/// The address at the extension that a request is for.
fn address(extension: &Extension, uri: &Uri) -> Option<Url> {
    let path = uri.path();
    let path = if extension.strips_prefix {
        path.strip_prefix(extension.prefix())?
    } else {
        path
    };
    let mut address = Url::parse(&extension.upstream).ok()?;
    address.set_path(path);
    address.set_query(uri.query());
    Some(address)
}

/// The headers of a request without those of the connection and those that only the gateway sets, and with what the gateway
/// says of the connection.
pub(super) fn forwarded_headers(extension: &Extension, request: &Request) -> HeaderMap {
    let mut headers = request.headers().clone();
    remove_hop_by_hop(&mut headers);
    // The body is sent anew.
    headers.remove(CONTENT_LENGTH);
    let spoofed: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_the_gateways(name))
        .cloned()
        .collect();
    for name in spoofed {
        headers.remove(name);
    }
    let client = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| {
            address.ip()
        });
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port).to_owned();
    for (name, value) in [
        ("x-forwarded-for", client.to_string().as_str()),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", &host),
        ("x-forwarded-port", &port),
    ] {
        insert(&mut headers, name, value);
    }
    if !extension.prefix().is_empty() {
        insert(&mut headers, "x-forwarded-prefix", extension.prefix());
    }
    if let Ok(id) = unguessable() {
        insert(&mut headers, "x-request-id", &id);
    }
    headers
}

/// [RFC 9110, section 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1).
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let always = [
        CONNECTION,
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ];
    for name in named.into_iter().chain(always) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Place;
    use super::*;

    #[test]
    fn the_path_is_taken_off_only_where_it_is_to_be() {
        let kept = Extension::new(Place::Path("/a".to_owned()), "http://127.0.0.1:4000");
        let uri = Uri::from_static("/a/b%20c?x=1&y=%2F");
        for (extension, expected) in [
            (kept.clone(), "http://127.0.0.1:4000/a/b%20c?x=1&y=%2F"),
            (kept.strip_prefix(), "http://127.0.0.1:4000/b%20c?x=1&y=%2F"),
        ] {
            assert_eq!(address(&extension, &uri).unwrap().as_str(), expected);
        }
    }
}
