//! The two halves of a sign-out: the one an extension's server asks for, and the one only a browser can.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::cookies;
use super::fault::Faulty;
use super::pages::{self, Refused};
use super::stand_in::{API, Platform};
use crate::parameters::Sent;
use crate::redirect::see_other;

/// `POST /api/auth/logout`, the only method: revokes what the gateway's cookie stands for. The cookies it takes back reach a
/// browser only if one asked; the single sign-on session goes on until a browser comes to [`front_channel`].
pub(super) async fn logout(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = platform.fault(Faulty::Logout);
    if let Some(answer) = platform.misbehave(fault).await {
        return answer;
    }
    let now = platform.now();
    let ended = platform.sessions().end_gateway(&headers, now);
    let return_to = requested_return(&body)
        .and_then(|requested| platform.destinations.judge(&requested))
        .unwrap_or_else(|| format!("{}/login", platform.destinations.origin()));
    let front_channel = match fault.and_then(super::Fault::front_channel_logout_url) {
        Some(faulty) => faulty.map(ToOwned::to_owned),
        None => Some(front_channel_logout_url(&return_to)),
    };
    let logout_time = OffsetDateTime::from_unix_timestamp(now)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok());
    let mut answer = json!({
        "message": "Logged out.",
        "logout_time": logout_time,
        "session_termination_requested": ended.is_some(),
        "post_logout_redirect_uri": return_to,
    });
    if let (Some(url), Some(answer)) = (front_channel, answer.as_object_mut()) {
        answer.insert("front_channel_logout_url".to_owned(), url.into());
    }
    let mut response = Json(answer).into_response();
    cookies::remove_gateway(response.headers_mut());
    response
}

/// Where the sender wants the browser to end up.
fn requested_return(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("post_logout_redirect_uri")?.as_str()?.to_owned())
}

/// Relative to the root of the platform's origin.
fn front_channel_logout_url(return_to: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("redirect_uri", return_to)
        .finish();
    format!("{API}/auth/logout/front-channel?{query}")
}

/// `GET /api/auth/logout/front-channel`: ends both sessions of this browser and goes on to `redirect_uri`, if that is on the
/// platform. Not what OpenID Connect calls front-channel logout: the browser comes here itself, not in a frame.
pub(super) async fn front_channel(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, Refused> {
    if let Some(answer) = platform.misbehave(platform.fault(Faulty::FrontChannel)).await {
        return Ok(answer);
    }
    let now = platform.now();
    {
        let mut sessions = platform.sessions();
        sessions.end_gateway(&headers, now);
        sessions.end_single_sign_on(&headers, now);
    }
    // Whatever is wrong with the address: the person has signed out.
    let return_to = sent
        .ok()
        .and_then(|sent| platform.destinations.judge(sent.get("redirect_uri")?));
    let mut response = match return_to {
        Some(return_to) => see_other(&return_to),
        None => pages::signed_out(),
    };
    cookies::remove_gateway(response.headers_mut());
    cookies::remove_single_sign_on(response.headers_mut());
    Ok(response)
}
