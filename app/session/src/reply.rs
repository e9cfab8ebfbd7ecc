//! How the server functions answer over HTTP: status, headers and, for a form post, where to go.

use std::sync::Arc;

use http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, LOCATION},
    request::Parts,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    LOGGED_OUT, Logout,
    address::encode,
    answer::Presence,
    backend::{LogoutDone, SessionBackend},
    base::Base,
    error::SessionError,
    wire::LogoutResponse,
};
use leptos::server_fn::ServerFn;

/// The backend and the request it judges.
pub(crate) fn backend() -> Result<(Arc<dyn SessionBackend>, Parts), SessionError> {
    let found = use_context::<Arc<dyn SessionBackend>>().zip(use_context::<Parts>());
    found.ok_or_else(|| refuse(SessionError::Unavailable))
}

/// Passes an answer on that nothing may keep.
pub(crate) fn read<T>(answer: Result<T, SessionError>) -> Result<T, SessionError> {
    if let Some(options) = use_context::<ResponseOptions>() {
        never_store(&options);
    }
    answer.map_err(refuse)
}

/// Answers a sign-out.
pub(crate) fn signed_out(done: Result<LogoutDone, SessionError>) -> Result<LogoutResponse, SessionError> {
    let Some(options) = use_context::<ResponseOptions>() else {
        return done.map(|done| done.response);
    };
    never_store(&options);
    let location = match &done {
        Ok(done) => {
            options.set_status(StatusCode::OK);
            for (name, value) in &done.headers {
                options.append_header(name.clone(), value.clone());
            }
            Some(done.form_location.as_str())
        }
        Err(error) => {
            options.set_status(status(error));
            None
        }
    };
    if is_form_post() {
        go_to(&options, location);
    }
    done.map(|done| done.response)
}

/// Settles the answer to a sign-out whose arguments cannot be read, which never reaches its function: the framework
/// would redirect a form post to the `Referer`. Whatever runs afterwards overrules it.
pub(crate) fn expect_the_worst() {
    let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else {
        return;
    };
    if parts.method == Method::POST && parts.uri.path().ends_with(Logout::PATH) {
        options.set_status(StatusCode::BAD_REQUEST);
        never_store(&options);
        if is_form_post() {
            go_to(&options, None);
        }
    }
}

/// Keeps a page from whoever may not see it: nobody signed in is led to the first page, where the way in is.
pub(crate) fn keep_out(presence: &Presence) {
    let Some(options) = use_context::<ResponseOptions>() else {
        return;
    };
    match presence {
        Presence::SignedIn { .. } => options.set_status(StatusCode::FORBIDDEN),
        Presence::Unknown => options.set_status(StatusCode::SERVICE_UNAVAILABLE),
        Presence::SignedOut => {
            let base = Base::current();
            let wanted = use_context::<Parts>().map_or_else(String::new, |parts| {
                let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
                ["?return_to=", &encode(&base.href(path))].concat()
            });
            let place = [&*base.href("/"), &wanted].concat();
            go_to(&options, Some(&place));
        }
    }
}

fn never_store(options: &ResponseOptions) {
    options.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Redirects to a page of ours: the one named, else the one that tells the truth about the session.
fn go_to(options: &ResponseOptions, location: Option<&str>) {
    let own = Base::current().href(LOGGED_OUT);
    let value = location.and_then(|place| HeaderValue::from_str(place).ok());
    let value = value.or_else(|| HeaderValue::from_str(&own).ok());
    options.set_status(StatusCode::SEE_OTHER);
    options.insert_header(LOCATION, value.unwrap_or(HeaderValue::from_static("/")));
}

/// Whether the browser itself posted the form: then it wants a page.
fn is_form_post() -> bool {
    let accepts = |parts: Parts| {
        parts
            .headers
            .get(ACCEPT)
            .is_some_and(|value| names_html(value.as_bytes()))
    };
    use_context::<Parts>().is_some_and(accepts)
}

fn names_html(accept: &[u8]) -> bool {
    accept
        .windows(9)
        .any(|part| part.eq_ignore_ascii_case(b"text/html"))
}

fn refuse(error: SessionError) -> SessionError {
    if let Some(options) = use_context::<ResponseOptions>() {
        // Called while a page is rendered, this must not turn "not found" into something else.
        if options.0.read().is_ok_and(|so_far| so_far.status.is_none()) {
            options.set_status(status(&error));
        }
    }
    error
}

fn status(error: &SessionError) -> StatusCode {
    match error {
        SessionError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        SessionError::Unreachable => StatusCode::BAD_GATEWAY,
        SessionError::Protocol => StatusCode::BAD_REQUEST,
    }
}
