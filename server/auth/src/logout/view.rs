//! What the page `/logged-out` knows, and `GET /api/auth/receipt`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};

use super::{
    leftover::{self, Leftover},
    local, pending,
    receipt::Receipt,
    unfinished,
};
use crate::{Exeunt, session::layer::find_session, store::StoreError};

/// What the page knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOutView {
    /// The app session of this browser is alive.
    pub signed_in: bool,
    /// An end is waiting for the store.
    pub unfinished: bool,
    /// The provider ended the session of this browser a moment ago, so that a sign-out can still go on to it.
    pub ended_by_provider: bool,
    /// The session of this browser reached its idle limit a moment ago, so that a sign-out can still go on to the provider.
    pub ran_out: bool,
    /// The receipt of the last sign-out in this browser.
    pub receipt: Option<Receipt>,
    /// The provider's host.
    pub provider: String,
    /// How often the provider can still be tried again.
    pub provider_tries_left: u8,
    /// Whether the provider can be asked, at [`probe::PATH`](super::probe::PATH), if its session is really over.
    pub can_probe: bool,
    /// Where the person wanted to go on to.
    pub continue_to: Option<String>,
}

/// Reads it.
///
/// # Errors
///
/// If the store does not answer: then nothing may be said.
pub async fn logged_out_view(exeunt: &Exeunt, headers: &HeaderMap) -> Result<LoggedOutView, StoreError> {
    let signed_in = find_session(exeunt, headers).await?.is_some();
    let left = if signed_in {
        None
    } else {
        what_is_left(exeunt, headers).await?
    };
    let pending = pending::find(exeunt, headers).await?.map(|loaded| loaded.pending);
    Ok(LoggedOutView {
        signed_in,
        ended_by_provider: left == Some(Leftover::EndedByProvider),
        ran_out: left == Some(Leftover::RanOut),
        unfinished: unfinished::find(exeunt, headers).is_some(),
        provider: exeunt.provider().host(),
        provider_tries_left: pending.as_ref().map_or(0, pending::PendingLogout::tries_left),
        can_probe: exeunt.settings().logout.probe
            && pending.as_ref().is_some_and(pending::PendingLogout::can_probe),
        continue_to: pending.as_ref().and_then(|pending| pending.continue_to.clone()),
        receipt: match &pending {
            Some(pending) => Some(pending::present_receipt(exeunt, pending).await?),
            None => None,
        },
    })
}

async fn what_is_left(exeunt: &Exeunt, headers: &HeaderMap) -> Result<Option<Leftover>, StoreError> {
    match local::presented_keys(exeunt, headers)[..] {
        [key] => leftover::find(exeunt, &key).await,
        _ => Ok(None),
    }
}

/// The receipt of the pending logout, by its cookie; 404 if there is none, 503 if the store does not answer.
pub async fn get_receipt(State(exeunt): State<Exeunt>, headers: HeaderMap) -> Response {
    let problem = |status: StatusCode, error: &str, message: &str| {
        (
            status,
            Json(serde_json::json!({"detail": {"error": error, "message": message}})),
        )
            .into_response()
    };
    let found = match pending::find(&exeunt, &headers).await {
        Ok(Some(loaded)) => pending::present_receipt(&exeunt, &loaded.pending).await.map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let mut response = match found {
        Ok(Some(receipt)) => Json(receipt).into_response(),
        Ok(None) => problem(
            StatusCode::NOT_FOUND,
            "no_receipt",
            "There is no sign-out of the last ten minutes in this browser.",
        ),
        Err(_) => problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "receipt_unavailable",
            "The receipt could not be read just now.",
        ),
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}
