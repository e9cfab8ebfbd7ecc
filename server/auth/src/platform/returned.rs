//! The return from the platform to `/logged-out?state=…`: the state is compared and leaves the address bar.
//!
//! A wrong or missing state changes nothing and does not use up the right one; the page is shown all the same.

use axum::{extract::Request, response::Response};
use http::Method;

use super::{Platform, pending, receipt};
use crate::{http::cookies, login::start::see_other, logout::returned::LOGGED_OUT_PATH};

/// The layer in front of the page.
pub(super) async fn receive<F>(
    platform: &Platform,
    request: Request,
    inside: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let here =
        request.uri().path() == LOGGED_OUT_PATH && matches!(*request.method(), Method::GET | Method::HEAD);
    let query = request.uri().query().unwrap_or_default();
    if !here || query.is_empty() {
        return inside(request).await;
    }
    let mut states = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "state")
        .map(|(_, value)| value.into_owned());
    let state = match (states.next(), states.next()) {
        (Some(state), None) => Some(state),
        _ => None,
    };
    let pending = pending::find(platform, request.headers());
    let Some(mut response) = see_other(&platform.site().public_url().rooted(LOGGED_OUT_PATH)) else {
        return inside(request).await;
    };
    if let (Some(state), Some(mut pending)) = (state, pending)
        && pending.is_state(&state)
    {
        receipt::returned(&mut pending.receipt, platform.host());
        cookies::append(response.headers_mut(), pending::seal(platform, &pending));
    }
    response
}
