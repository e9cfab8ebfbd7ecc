//! The return from the provider to `/logged-out?state=…`: the state is compared and leaves the address bar.
//!
//! A wrong or missing state changes nothing and does not use up the right one; the page is shown all the same.
//! [RP-Initiated Logout 1.0, section 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout)

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method};

use super::pending;
use crate::{Exeunt, http::cookies, login::start::see_other};

/// The page's path, below the base path.
pub const LOGGED_OUT_PATH: &str = "/logged-out";

/// The layer in front of the page.
pub async fn receive(State(exeunt): State<Exeunt>, request: Request, next: Next) -> Response {
    let here =
        request.uri().path() == LOGGED_OUT_PATH && matches!(*request.method(), Method::GET | Method::HEAD);
    let query = request.uri().query().unwrap_or_default();
    if !here || query.is_empty() {
        return next.run(request).await;
    }
    let mut states = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "state")
        .map(|(_, value)| value.into_owned());
    let state = match (states.next(), states.next()) {
        (Some(state), None) => Some(state),
        _ => None,
    };
    let confirmed = match state {
        Some(state) => confirm(&exeunt, request.headers(), &state).await,
        None => false,
    };
    let Some(mut response) = see_other(&exeunt.public_url().rooted(LOGGED_OUT_PATH)) else {
        return next.run(request).await;
    };
    if confirmed {
        let names = exeunt.cookies();
        cookies::append(response.headers_mut(), names.remove(&names.prompt()));
    }
    response
}

/// Twice at most: the page that leaves may have noted its visit at the same moment.
async fn confirm(exeunt: &Exeunt, headers: &HeaderMap, state: &str) -> bool {
    for _ in 0..2 {
        let mut loaded = match pending::find(exeunt, headers).await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return false,
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the pending logout could not be read");
                return false;
            }
        };
        if loaded.pending.departure.is_none() || !loaded.pending.is_state(state) {
            return false;
        }
        loaded.pending.returned(&exeunt.provider().host());
        match pending::replace(exeunt, &loaded).await {
            Ok(true) => return true,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the provider's confirmation could not be noted");
                return false;
            }
        }
    }
    false
}
