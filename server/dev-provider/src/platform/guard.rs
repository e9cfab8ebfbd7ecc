//! The guard in front of every route: as the development provider's, but for the headers that extensions send by contract.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};

use crate::loopback::{has_loopback_host, names_loopback};

/// Answers 403 to a request that names another host, or that came from another machine through a proxy.
///
/// An extension that signs somebody out says in `x-forwarded-*` how it was asked itself, so these are no reason to refuse a
/// request as long as they tell of nothing but this machine.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let authority_passes = request
        .uri()
        .authority()
        .is_none_or(|authority| names_loopback(authority.as_str()));
    if authority_passes && has_loopback_host(&request) && came_from_here(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("refused a request that was not made on loopback");
    (
        StatusCode::FORBIDDEN,
        "This platform stand-in answers requests on loopback only.\n",
    )
        .into_response()
}

fn came_from_here(headers: &HeaderMap) -> bool {
    let no_other_proxy = ["forwarded", "via", "x-real-ip"]
        .iter()
        .all(|name| !headers.contains_key(*name));
    let only_loopback = ["x-forwarded-for", "x-forwarded-host"].iter().all(|name| {
        headers.get_all(*name).iter().all(|line| {
            line.to_str()
                .is_ok_and(|line| line.split(',').all(|one| is_loopback_name(one.trim())))
        })
    });
    no_other_proxy && only_loopback
}

/// A host as it stands in a list: an IPv6 address without its brackets too.
fn is_loopback_name(name: &str) -> bool {
    names_loopback(name) || name == "::1"
}
