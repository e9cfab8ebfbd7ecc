//! How long requests take.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::Method;
use tokio::time::Instant;

use crate::metrics;

/// The words of [`method_name`].
pub(crate) const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other",
];

/// Measures each request of a router, by the route that matched, until its answer begins. Put it outermost, by
/// [`Router::layer`](axum::Router::layer), when all routes and the fallback are there.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = route_name(&request).to_owned();
    let method = method_name(request.method());
    let began = Instant::now();
    let response = next.run(request).await;
    metrics::request_answered(route, method, response.status(), began.elapsed());
    response
}

/// The route that a request matched, as the app declared it; never the path that was asked for (invariant I16).
#[must_use]
pub fn route_name(request: &Request) -> &str {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
}

/// Any word can be a method, a secret too; so only those that mean something are named.
#[must_use]
pub fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
