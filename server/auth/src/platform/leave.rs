//! `GET /auth/logout/continue`: the page from which the browser leaves for the platform.
//!
//! Forms without scripts come here first: Chrome applies `form-action` to every redirect that follows a form. A page that
//! refreshes is not a form's redirect.

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;

use super::{Platform, layer::CurrentIdentity, pending, receipt};
use crate::{
    http::{cookies, page::Page, prefetch::is_prefetch},
    login::start::see_other,
};

/// The page, or 303 to `/logged-out` where there is nothing to leave for.
pub(super) async fn get(State(platform): State<Platform>, request: Request) -> Response {
    let site = platform.site();
    if is_prefetch(request.headers()) {
        return site.render(&Page::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not yet",
            "You are led to the provider when you press the link.",
        ));
    }
    let logged_out = site.public_url().rooted("/logged-out");
    let back = || see_other(&logged_out).unwrap_or_default();
    let Some(mut pending) = pending::find(&platform, request.headers()) else {
        return back();
    };
    let current = CurrentIdentity::of(request.extensions());
    if current.sign_on().is_some() {
        receipt::returned_in_vain(&mut pending.receipt, platform.host());
    }
    if pending.front_channel_logout_url.is_empty() || !pending.visit() {
        return back();
    }
    let host = platform.host();
    receipt::leaves_again(&mut pending.receipt, host);
    let url = pending.front_channel_logout_url.clone();
    let mut page = Page::problem(
        StatusCode::OK,
        format!("Signing out at {host}"),
        // Somebody may have signed in again since, in another tab.
        if matches!(current, CurrentIdentity::SignedIn(..)) {
            "You are signed in to this app again. The next step ends your session at the provider all the same, in this browser."
        } else {
            "You are signed out of this app. The next step ends your session at the provider, in this browser."
        },
    )
    .with_link(format!("Continue to {host}"), url.clone())
    .with_link("Not now", logged_out.clone());
    page.refresh = Some(url);
    let mut response = site.render(&page);
    cookies::append(response.headers_mut(), pending::seal(&platform, &pending));
    response
}
