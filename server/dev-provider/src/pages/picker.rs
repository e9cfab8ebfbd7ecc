//! The user picker: who do you want to be?

use std::fmt::Write as _;

use axum::response::Response;
use http::StatusCode;

use super::frame::page;
use super::html::escape;
use crate::authorization_request::{AuthorizationRequest, Prompt};
use crate::authorize::user_of_hint;
use crate::config::User;
use crate::provider::Provider;
use crate::sso_session::SsoSession;

/// A button for each user; the one of `login_hint` has the focus.
pub(crate) fn picker(
    provider: &Provider,
    request: &AuthorizationRequest,
    session: Option<&SsoSession>,
    id: &str,
) -> Response {
    let hinted = request
        .login_hint
        .as_deref()
        .and_then(|hint| user_of_hint(provider, hint));
    let heading = match request.prompt {
        Some(Prompt::Login) => "Sign in again",
        _ => "Sign in",
    };
    let mut people = String::new();
    for user in &provider.users {
        let is_hinted = hinted.is_some_and(|hinted| hinted.sub == user.sub);
        let is_signed_in = session.is_some_and(|session| session.sub == user.sub);
        people.push_str(&person(user, is_hinted, is_signed_in));
    }
    let body = format!(
        "<h1>{heading}</h1>\n<p>Who do you want to be at <strong>{client}</strong>?</p>\n\
         <form method=\"post\" action=\"{action}\">\n<input type=\"hidden\" name=\"request\" value=\"{id}\">\n\
         <ul class=\"people\">\n{people}</ul>\n<button class=\"action\">Cancel</button>\n</form>\n",
        client = escape(&request.client_id),
        action = escape(
            &provider
                .issuer
                .path(&format!("{}/choice", provider.endpoints.authorize))
        ),
        id = escape(id),
    );
    page(StatusCode::OK, heading, &body, &[&request.answer_to.redirect_uri])
}

/// The button of one person, as an item of a list.
pub(crate) fn person(user: &User, is_hinted: bool, is_signed_in: bool) -> String {
    let mut tags = String::new();
    let mut tag = |class: &str, text: &str| {
        // Writing to a string does not fail.
        let _ = write!(tags, "<span class=\"tag {class}\">{}</span> ", escape(text));
    };
    if is_signed_in {
        tag("current", "signed in now");
    }
    if is_hinted {
        tag("current", "suggested");
    }
    user.roles.iter().for_each(|role| tag("", role));
    format!(
        "<li><button class=\"person\" name=\"sub\" value=\"{sub}\"{autofocus}>\
         <span class=\"initials\" aria-hidden=\"true\">{initials}</span>\
         <span class=\"who\"><span class=\"name\">{name}</span> <span class=\"email\">{email}</span> \
         <span class=\"tags\">{tags}</span></span></button></li>\n",
        sub = escape(&user.sub),
        autofocus = if is_hinted { " autofocus" } else { "" },
        initials = escape(&initials(&user.name)),
        name = escape(&user.name),
        email = escape(&user.email),
    )
}

fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect()
}
