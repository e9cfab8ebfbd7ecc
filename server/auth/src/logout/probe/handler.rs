//! `GET /auth/logout/probe`: for providers that do not send the browser back, asked for by the person.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};

use super::ask;
use crate::{
    Exeunt,
    http::{page::Page, prefetch::is_prefetch},
    login::start::see_other,
    logout::{pending, returned::LOGGED_OUT_PATH},
    store::StoreError,
};

/// 303 to the provider with the question, once for each pending logout; else 303 to `/logged-out`.
pub async fn get(State(exeunt): State<Exeunt>, headers: HeaderMap) -> Response {
    if is_prefetch(&headers) {
        // Nobody pressed anything yet, and there is one question only.
        return exeunt.render(&Page::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not yet",
            "The provider is asked when you press the link.",
        ));
    }
    let address = match begin(&exeunt, &headers).await {
        Ok(address) => address,
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "a probe could not be noted");
            None
        }
    };
    let address = address.unwrap_or_else(|| exeunt.public_url().rooted(LOGGED_OUT_PATH));
    see_other(&address).unwrap_or_default()
}

/// Twice at most: the provider may have sent the browser back in another tab at the same moment.
async fn begin(exeunt: &Exeunt, headers: &HeaderMap) -> Result<Option<String>, StoreError> {
    for _ in 0..2 {
        let Some(mut loaded) = pending::find(exeunt, headers).await? else {
            return Ok(None);
        };
        let Some(address) = ask::prepare(exeunt, &mut loaded.pending).await else {
            return Ok(None);
        };
        if pending::replace(exeunt, &loaded).await? {
            return Ok(Some(address));
        }
    }
    Ok(None)
}
