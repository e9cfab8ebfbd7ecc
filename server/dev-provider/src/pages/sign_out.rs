//! The pages of signing out.

use axum::response::Response;
use http::StatusCode;

use super::frame::{page, page_with_frames};
use super::html::escape;
use crate::logout_request::LogoutRequest;
use crate::provider::Provider;
use crate::sso_session::SsoSession;

/// Asks: [OpenID Connect RP-Initiated Logout 1.0, section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
pub(crate) fn confirm_sign_out(
    provider: &Provider,
    request: &LogoutRequest,
    session: &SsoSession,
    id: &str,
) -> Response {
    let name = provider
        .user(&session.sub)
        .map_or("somebody", |user| user.name.as_str());
    let end_session = provider.endpoints.end_session.unwrap_or_default();
    let body = format!(
        "<h1>Do you want to sign out?</h1>\n<p>You are signed in at the provider as <strong>{name}</strong>. Signing \
         out ends this browser’s session there, for every application that uses it.</p>\n\
         <form method=\"post\" action=\"{action}\" class=\"choices\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{id}\">\n\
         <button class=\"action primary\" name=\"choice\" value=\"sign-out\">Sign out</button>\n\
         <button class=\"action\" name=\"choice\" value=\"stay\">Stay signed in</button>\n</form>\n",
        name = escape(name),
        action = escape(&provider.issuer.path(&format!("{end_session}/choice"))),
        id = escape(id),
    );
    let hop = provider.conduct.end_session_hop();
    let leads_to: Vec<&str> = request
        .return_to
        .iter()
        .map(|return_to| return_to.uri.as_str())
        .chain(hop.as_deref())
        .collect();
    page(StatusCode::OK, "Sign out", &body, &leads_to)
}

/// A logout on its way back to the application: other applications are told meanwhile, through frames. See
/// [OpenID Connect Front-Channel Logout 1.0, section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout).
pub(crate) fn signing_out(frames: &[String], next: &str) -> Response {
    let body = format!(
        "<h1>Signing you out</h1>\n<p>This browser holds no session at the provider any more. The applications that used \
         it are told now.</p>\n<p><a id=\"next\" class=\"action primary\" href=\"{}\">Continue</a></p>\n",
        escape(next)
    );
    page_with_frames("Signing out", &body, frames, Some(next))
}

/// The end of a logout that returns nowhere.
pub(crate) fn signed_out(provider: &Provider, frames: &[String]) -> Response {
    let body = format!(
        "<h1>You are signed out</h1>\n<p>This browser holds no session at the provider any more. Applications may \
         still hold sessions of their own.</p>\n<p><a href=\"{}\">Look at the provider’s session</a></p>\n",
        escape(&provider.issuer.path("/"))
    );
    page_with_frames("Signed out", &body, frames, None)
}

/// The end of a logout that was declined and returns nowhere.
pub(crate) fn stayed_signed_in(provider: &Provider) -> Response {
    let body = format!(
        "<h1>You are still signed in</h1>\n<p>The session at the provider goes on.</p>\n\
         <p><a href=\"{}\">Look at the provider’s session</a></p>\n",
        escape(&provider.issuer.path("/"))
    );
    page(StatusCode::OK, "Still signed in", &body, &[])
}
