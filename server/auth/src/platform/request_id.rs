//! How a request is called: as the gateway calls it, so that its log and ours can be read side by side.

use std::net::IpAddr;

use axum::extract::Request;
use http::HeaderMap;

use crate::{config::TrustedProxies, http::RequestId};

/// The longest that is taken over: longer than any that gateways write, and short for a log.
const LONGEST: usize = 128;

/// Takes the gateway's name for the request over, if the peer is trusted and it is one; else the server's own stays.
pub(super) fn take_over(request: &mut Request, peer: Option<IpAddr>, trusted: &TrustedProxies) {
    if !peer.is_some_and(|peer| trusted.contains(peer)) {
        return;
    }
    if let Some(id) = read(request.headers()) {
        request.extensions_mut().insert(RequestId(id));
    }
}

fn read(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all("x-request-id").iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let id = value.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
    (!id.is_empty() && id.len() <= LONGEST && id.bytes().all(is_plain)).then(|| id.to_owned())
}
