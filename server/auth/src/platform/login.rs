//! The way to the platform's sign-in.

use axum::{
    extract::{RawQuery, Request, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};

use super::{Platform, layer::CurrentIdentity};
use crate::{
    http::{cookies, page::Page, prefetch::is_prefetch, return_to::ReturnTo},
    login::start::see_other,
    random::{self, RandomError},
};

/// Where a person signs in who then returns to this place of the app. The state is random, and nothing of ours hangs on it.
///
/// # Errors
///
/// If there is no randomness.
pub(super) fn login_url(platform: &Platform, return_to: &ReturnTo) -> Result<String, RandomError> {
    let state = random::token(platform.random())?;
    // The platform may put a query behind it, which a fragment would swallow.
    let redirect_uri = platform
        .site()
        .public_url()
        .absolute(return_to.without_fragment());
    Ok(platform.settings().public_api_url.login(&redirect_uri, &state))
}

/// The person begins to sign in: whatever sign-on the gateway shows then is listened to again. Only if it was begun here: a page
/// of another site must not undo a sign-out (invariant I19).
pub(super) fn listen_again(platform: &Platform, request: &Request, out: &mut HeaderMap) {
    let site = request.headers().get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return;
    }
    if let Some(sign_on) = CurrentIdentity::of(request.extensions()).sign_on() {
        platform.signed_out().forget(sign_on);
    }
    let names = platform.site().cookies();
    if names.read(request.headers(), &names.signed_out()) != cookies::Presented::None {
        cookies::append(out, names.remove(&names.signed_out()));
    }
}

/// `GET /auth/login?return_to`: 303 to the platform.
pub(super) async fn get(
    State(platform): State<Platform>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let site = platform.site();
    if is_prefetch(request.headers()) {
        return site.render(&Page::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not yet",
            "Signing in begins when you press the link.",
        ));
    }
    let query = query.unwrap_or_default();
    let wanted = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "return_to")
        .map(|(_, value)| value.into_owned());
    let return_to = wanted.map_or_else(ReturnTo::home, |wanted| {
        ReturnTo::parse(&wanted, site.public_url())
    });
    let location = if platform.settings().use_auth {
        login_url(&platform, &return_to).ok()
    } else {
        // Nobody has to.
        Some(site.public_url().rooted(return_to.as_str()))
    };
    match location.and_then(|location| see_other(&location)) {
        Some(mut response) => {
            listen_again(&platform, &request, response.headers_mut());
            response
        }
        None => site.render(&Page::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Signing in does not work just now",
            "This server has a problem of its own. You are not signed in. Please try again in a moment.",
        )),
    }
}
