//! The platform's pages.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::config::{Extension, Place};
use super::stand_in::{API, Platform};
use crate::config::User;
use crate::pages::{escape, person, platform_page as page};
use crate::parameters::ParametersError;
use crate::random::RandomSourceFailed;

/// Who do you want to be?
pub(super) fn picker(users: &[User], id: &str, return_to: &str) -> Response {
    let people: String = users.iter().map(|user| person(user, false, false)).collect();
    let body = format!(
        "<h1>Sign in</h1>\n<p>Who do you want to be on this platform?</p>\n\
         <form method=\"post\" action=\"{API}/auth/login/choice\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{id}\">\n\
         <ul class=\"people\">\n{people}</ul>\n<button class=\"action\">Cancel</button>\n</form>\n",
        id = escape(id),
    );
    page(StatusCode::OK, "Sign in", &body, &[return_to])
}

/// The platform's own start page: what there is, and who is signed in in this browser.
pub(super) async fn home(State(platform): State<Arc<Platform>>, headers: HeaderMap) -> Response {
    let now = platform.now();
    let (gateway, single_sign_on) = {
        let sessions = platform.sessions();
        let gateway = sessions
            .of_request(&headers, now)
            .map(|session| session.sub.clone());
        // Its cookie is not shown on this path; a browser comes to know it by the login alone.
        (gateway, sessions.single_sign_on_sessions(now).count())
    };
    let mut items = String::new();
    for extension in &platform.extensions {
        let address = address_of(&platform, extension);
        // Writing to a string does not fail.
        let _ = writeln!(items, "<li><a href=\"{0}/\">{0}/</a></li>", escape(&address));
    }
    let who = match gateway.and_then(|sub| platform.user(&sub)) {
        Some(user) => format!(
            "<p>The gateway knows this browser as <strong>{}</strong>.</p>\n\
             <p><a class=\"action\" href=\"{API}/auth/logout/front-channel?redirect_uri=%2F\">Sign out of the platform</a></p>\n",
            escape(&user.name)
        ),
        None => format!(
            "<p>The gateway does not know this browser.</p>\n\
             <p><a class=\"action\" href=\"{API}/auth/login?redirect_uri=%2F\">Sign in</a></p>\n"
        ),
    };
    let body = format!(
        "<h1>A platform</h1>\n<p>Its gateway stands in front of these extensions:</p>\n<ul>\n{items}</ul>\n{who}\
         <p class=\"detail\">Single sign-on sessions, of all browsers: {single_sign_on}.</p>\n"
    );
    page(StatusCode::OK, "A platform", &body, &[])
}

fn address_of(platform: &Platform, extension: &Extension) -> String {
    let origin = platform.destinations.origin();
    match &extension.place {
        Place::Path(path) => format!("{origin}{path}"),
        Place::Port(port) => {
            let host = origin.rsplit_once(':').filter(|(host, _)| host.contains("//"));
            format!("{}:{port}", host.map_or(origin, |(host, _)| host))
        }
    }
}

/// Where a sign-out without an address of its own ends. It signs nobody in by itself.
pub(super) async fn login() -> Response {
    let body = format!(
        "<h1>Sign in to the platform</h1>\n<p>Choose to go on; nothing happens by itself here.</p>\n\
         <p><a class=\"action primary\" href=\"{API}/auth/login?redirect_uri=%2F\">Sign in</a></p>\n"
    );
    page(StatusCode::OK, "Sign in to the platform", &body, &[])
}

/// The end of a sign-out that leads nowhere.
pub(super) fn signed_out() -> Response {
    let body = "<h1>You are signed out</h1>\n<p>This browser holds no session at the platform any more.</p>\n\
                <p><a href=\"/login\">Sign in again</a></p>\n";
    page(StatusCode::OK, "Signed out", body, &[])
}

/// An extension that does not answer.
pub(super) fn unreachable(extension: &Extension) -> Response {
    let body = format!(
        "<h1>The extension does not answer</h1>\n<p role=\"alert\">Nothing listens at {}, where the extension at {} should \
         be.</p>\n",
        escape(&extension.upstream),
        escape(&extension.place.to_string()),
    );
    page(StatusCode::BAD_GATEWAY, "Extension unreachable", &body, &[])
}

/// Nothing is mounted there.
pub(super) fn not_found() -> Response {
    let body = "<h1>There is nothing here</h1>\n<p><a href=\"/\">What this platform has</a></p>\n";
    page(StatusCode::NOT_FOUND, "Not found", body, &[])
}

/// A page that says what is wrong, and redirects nowhere.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    problem: String,
}

impl Refused {
    pub(super) fn bad_request(problem: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, problem)
    }

    pub(super) fn forbidden(problem: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, problem)
    }

    pub(super) fn fault(problem: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, problem)
    }

    fn new(status: StatusCode, problem: impl Into<String>) -> Self {
        Self {
            status,
            problem: problem.into(),
        }
    }
}

impl From<ParametersError> for Refused {
    fn from(error: ParametersError) -> Self {
        Self::bad_request(format!("The request could not be read: {error}."))
    }
}

impl From<RandomSourceFailed> for Refused {
    fn from(error: RandomSourceFailed) -> Self {
        Self::fault(error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = format!(
            "<h1>This request cannot be answered</h1>\n<p role=\"alert\">{}</p>\n",
            escape(&self.problem)
        );
        page(self.status, "Error", &body, &[])
    }
}
