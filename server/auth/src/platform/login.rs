//! The way to the platform's sign-in, and back out of a sign-out.
//!
//! A sign-out is taken back by whoever made it and means to: by a press that leads to [`get`], where the browser tells that it was
//! one, else by the button of the page that stands there instead ([`post`]). Whatever a page fetches by itself, an image whose
//! address is ours, or a link of another site takes nothing back (invariant I19).

use axum::{
    Json,
    body::Body,
    extract::{RawQuery, Request, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{
    Platform, audited, front_channel_url, layer::CurrentIdentity, navigation::is_deliberate, note,
    note::TakingBack,
};
use crate::{
    audit::Caller,
    http::{
        cookies,
        page::{LeavingForm, Page},
        prefetch::is_prefetch,
        return_to::ReturnTo,
    },
    login::start::see_other,
    random::{self, RandomError},
    session::SessionRejection,
};

const PATH: &str = "/auth/login";

/// The longest form that is read.
const LONGEST: usize = 4096;

/// Where a person signs in who then returns to this place of the app. The state is random, and nothing of ours hangs on it.
///
/// # Errors
///
/// If there is no randomness.
fn login_url(platform: &Platform, return_to: &ReturnTo) -> Result<String, RandomError> {
    let state = random::token(platform.random())?;
    // The platform may put a query behind it, which a fragment would swallow.
    let redirect_uri = platform
        .site()
        .public_url()
        .absolute(return_to.without_fragment());
    Ok(platform.settings().public_api_url.login(&redirect_uri, &state))
}

/// `{login_url}`, for a client that goes there or does not. To whoever signed out it is our own: who goes there by a press signs in
/// again, and who only asks changes nothing.
pub(super) fn answer(platform: &Platform, request: &Request, return_to: &ReturnTo) -> Response {
    let login_url = if is_signed_out(request) {
        Ok(platform.site().public_url().absolute(&with_return_to(return_to)))
    } else {
        login_url(platform, return_to)
    };
    match login_url {
        Ok(login_url) => Json(serde_json::json!({"login_url": login_url})).into_response(),
        Err(error) => {
            tracing::error!(target: "exeunt::platform", %error, "a sign-in could not begin");
            SessionRejection::Unknown.into_response()
        }
    }
}

fn is_signed_out(request: &Request) -> bool {
    matches!(
        CurrentIdentity::of(request.extensions()),
        CurrentIdentity::SignedOut(..)
    )
}

fn with_return_to(return_to: &ReturnTo) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", return_to.as_str())
        .finish();
    format!("{PATH}?{query}")
}

/// `GET /auth/login?return_to`: 303 to the platform; or a page, where it is not certain that somebody means it.
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
    let return_to = wanted(&platform, query.as_bytes());
    if !platform.settings().use_auth {
        // Nobody has to.
        return see_other(&site.public_url().rooted(return_to.as_str())).unwrap_or_default();
    }
    if url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "prompt") {
        return site.render(&other_account(&platform, &return_to));
    }
    let is_deliberate = is_deliberate(request.headers());
    if !is_deliberate && is_signed_out(&request) {
        return site.render(&ask(&platform, &return_to));
    }
    let location = login_url(&platform, &return_to).ok();
    let Some(mut response) = location.and_then(|location| see_other(&location)) else {
        return broken(&platform);
    };
    if is_deliberate {
        take_back(&platform, &request, &mut response);
    }
    response
}

/// `POST /auth/login`, the button of that page, which only a page of this origin can press (invariant I6): a page that leads on to the
/// platform. Not 303: Chrome applies `form-action` to every redirect that follows a form, and where the platform leads to from its
/// login is not known here.
pub(super) async fn post(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let form = axum::body::to_bytes(body, LONGEST).await.unwrap_or_default();
    let return_to = wanted(&platform, &form);
    if !platform.settings().use_auth {
        let here = platform.site().public_url().rooted(return_to.as_str());
        return see_other(&here).unwrap_or_default();
    }
    let Ok(location) = login_url(&platform, &return_to) else {
        return broken(&platform);
    };
    let host = platform.host();
    let mut page = Page::problem(
        StatusCode::OK,
        format!("Signing in at {host}"),
        "You are led there now.",
    )
    .with_link(format!("Continue to {host}"), location.clone());
    page.refresh = Some(location);
    let mut response = platform.site().render(&page);
    take_back(
        &platform,
        &Request::from_parts(parts, Body::empty()),
        &mut response,
    );
    response
}

fn wanted(platform: &Platform, query: &[u8]) -> ReturnTo {
    let wanted = url::form_urlencoded::parse(query)
        .find(|(name, _)| name == "return_to")
        .map(|(_, value)| value.into_owned());
    wanted.map_or_else(ReturnTo::home, |wanted| {
        ReturnTo::parse(&wanted, platform.site().public_url())
    })
}

/// Takes the sign-out of this browser back, if there is one.
fn take_back(platform: &Platform, request: &Request, response: &mut Response) {
    let signed_out = match CurrentIdentity::of(request.extensions()) {
        CurrentIdentity::SignedOut(identity, sign_on) => Some((identity, sign_on)),
        _ => None,
    };
    let sign_on = signed_out.as_ref().map(|(_, sign_on)| sign_on);
    let cookie = match note::take_back(platform, request.headers(), sign_on) {
        TakingBack::Nothing => None,
        TakingBack::Done(cookie) => {
            if let Some((identity, sign_on)) = &signed_out {
                audited::taken_back(platform, identity, sign_on, &Caller::of(request.extensions()));
            }
            cookie
        }
        TakingBack::NotHere(cookie) => cookie,
        TakingBack::Planted(removal) => {
            tracing::warn!(
                target: "exeunt::platform",
                "a sign-out could not be taken back: the browser sends its cookie twice, and no proof is known; another app on this origin \
                 may have set one"
            );
            removal
        }
    };
    cookies::append(response.headers_mut(), cookie);
}

/// The page for whoever signed out here and may not mean to sign in.
fn ask(platform: &Platform, return_to: &ReturnTo) -> Page {
    let url = platform.site().public_url();
    let mut page = Page::problem(
        StatusCode::OK,
        "You signed out here",
        "Nothing signs you in again by itself. Press the button if you want to sign in.",
    )
    .with_link("Not now", url.rooted("/logged-out"));
    page.form = Some(LeavingForm {
        action: url.rooted(PATH),
        fields: vec![("return_to".to_owned(), return_to.as_str().to_owned())],
        button: "Sign in".to_owned(),
    });
    page
}

/// The platform's login has no way to be told so.
fn other_account(platform: &Platform, return_to: &ReturnTo) -> Page {
    let (host, url) = (platform.host(), platform.site().public_url());
    let sign_out =
        front_channel_url::build(&platform.settings().public_api_url, &url.absolute("/logged-out"));
    Page::problem(
        StatusCode::OK,
        format!("{host} decides who you are"),
        "This app cannot ask it for another account. Sign out there first; then it asks who you are.",
    )
    .with_link(format!("Sign out at {host}"), sign_out)
    .with_link("Sign in", url.rooted(&with_return_to(return_to)))
}

fn broken(platform: &Platform) -> Response {
    platform.site().render(&Page::problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Signing in does not work just now",
        "This server has a problem of its own. You are not signed in. Please try again in a moment.",
    ))
}
