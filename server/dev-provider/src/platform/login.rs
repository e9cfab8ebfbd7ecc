//! `GET /api/auth/login`: signs in silently while the single sign-on session lives, else asks who one is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::cookies;
use super::pages::{self, Refused};
use super::sessions::GatewaySession;
use super::stand_in::Platform;
use crate::config::User;
use crate::parameters::Sent;
use crate::random::unguessable;
use crate::redirect::see_other;
use crate::same_origin::is_same_origin;

/// The parameters in which clients of different age say where to return to.
const RETURN_PARAMETERS: [&str; 3] = ["redirect_uri", "redirect", "return_to"];

/// Signs in. `state` is taken as it comes and means nothing here.
pub(super) async fn login(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, Refused> {
    let sent = sent?;
    let return_to = RETURN_PARAMETERS.iter().find_map(|name| sent.get(name));
    let return_to = platform
        .destinations
        .judge(return_to.unwrap_or("/"))
        .ok_or_else(|| Refused::bad_request("The address to return to is not on this platform."))?;
    let now = platform.now();
    let signed_in = platform
        .sessions()
        .single_sign_on(&headers, now)
        .map(ToOwned::to_owned);
    if let Some(user) = signed_in.and_then(|sub| platform.user(&sub)) {
        let mut response = see_other(&return_to);
        cookies::set_gateway(response.headers_mut(), &begin(&platform, user, &headers)?);
        return Ok(response);
    }
    let id = unguessable()?;
    platform
        .sessions()
        .keep_pending(id.clone(), return_to.clone(), now);
    Ok(pages::picker(&platform.users, &id, &return_to))
}

/// Takes the picker's button.
pub(super) async fn choice(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, Refused> {
    if !is_same_origin(&headers) {
        return Err(Refused::forbidden(
            "This form was not sent from a page of the platform.",
        ));
    }
    let (sent, now) = (sent?, platform.now());
    let user = match sent.get("sub") {
        Some(sub) => Some(
            platform
                .user(sub)
                .ok_or_else(|| Refused::bad_request("There is no such person."))?,
        ),
        None => None,
    };
    let return_to = sent
        .get("request")
        .and_then(|id| platform.sessions().take_pending(id, now))
        .ok_or_else(|| {
            Refused::bad_request(
                "This page was used already, or has waited too long. Start again at the extension.",
            )
        })?;
    let Some(user) = user else {
        return Ok(see_other("/login"));
    };
    let single_sign_on = unguessable()?;
    {
        let mut sessions = platform.sessions();
        sessions.end_single_sign_on(&headers, now);
        let expires_at = now + platform.session_lifetime;
        sessions.begin_single_sign_on(single_sign_on.clone(), user.sub.clone(), expires_at, now);
    }
    let mut response = see_other(&return_to);
    let access_token = begin(&platform, user, &headers)?;
    cookies::set(response.headers_mut(), &access_token, &single_sign_on);
    Ok(response)
}

/// Begins a session at the gateway, in place of the one this browser had. Returns the access token.
fn begin(platform: &Platform, user: &User, headers: &HeaderMap) -> Result<String, Refused> {
    let now = platform.now();
    let expires_at = now + platform.session_lifetime;
    let session = GatewaySession {
        id: unguessable()?,
        sub: user.sub.clone(),
        issued_at: now,
    };
    let access_token = platform
        .access_tokens
        .issue(user, &session, expires_at)
        .map_err(|_| Refused::fault("No access token could be issued."))?;
    let mut sessions = platform.sessions();
    sessions.end_gateway(headers, now);
    sessions.begin_gateway(access_token.clone(), session, expires_at, now);
    Ok(access_token)
}
