//! The pages a person sees: plain HTML, styles in the page, no scripts but one that only hurries a page on.

mod error;
mod frame;
mod html;
mod picker;
mod sessions;
mod sign_out;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

pub(crate) use error::ErrorPage;
pub(crate) use frame::platform_page;
pub(crate) use html::escape;
pub(crate) use picker::{person, picker};
pub(crate) use sessions::sessions;
pub(crate) use sign_out::{confirm_sign_out, signed_out, signing_out, stayed_signed_in};

use crate::provider::Provider;
use frame::page;

/// What is at the issuer's address: who is signed in at the provider in this browser.
pub(crate) async fn status(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let session = provider.session(&headers);
    let user = session.as_ref().and_then(|session| provider.user(&session.sub));
    let end_session = provider
        .endpoints
        .end_session
        .map(|path| provider.issuer.path(path));
    let body = match (user, end_session) {
        (Some(user), Some(end_session)) => format!(
            "<h1>Signed in at the provider</h1>\n\
             <p>This browser holds a session of <strong>{name}</strong> ({email}). Applications sign in with it \
             without asking.</p>\n\
             <form action=\"{end_session}\"><button class=\"action primary\">Sign out…</button></form>\n",
            name = escape(&user.name),
            email = escape(&user.email),
            end_session = escape(&end_session),
        ),
        (Some(user), None) => {
            format!(
                "<h1>Signed in at the provider</h1>\n<p>This browser holds a session of <strong>{}</strong>.</p>\n",
                escape(&user.name)
            )
        }
        (None, _) => "<h1>Nobody is signed in</h1>\n\
             <p>This browser holds no session at the provider. Start at the application.</p>\n"
            .to_owned(),
    };
    let body = format!(
        "{body}<p><a href=\"{}\">All sessions at this provider</a></p>\n",
        escape(&provider.issuer.path(crate::sessions::SESSIONS))
    );
    page(StatusCode::OK, "Development provider", &body, &[])
}
