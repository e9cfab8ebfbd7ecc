//! `GET /auth/callback`: finishes a login.
//!
//! The steps are in the order in which they refuse: nothing is asked of the provider before state and issuer fit ([`proof`]),
//! and no session is begun before everything else has passed ([`beginning`]).
//!
//! [`proof`]: super::proof
//! [`beginning`]: super::beginning

use std::time::Duration;

use axum::{
    extract::{RawQuery, Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};

use super::{
    attempt::{self, Attempt},
    beginning::begin,
    error::CallbackError,
    proof::prove,
    recheck,
    response::{self, AuthorizationResponse},
    start::see_other,
    unused,
};
use crate::{Exeunt, audit::Caller, logout::probe, metrics, session::layer::find_session};

/// Finishes a login: 303 to where the person wanted to go, or a page that says why not.
pub async fn get(State(exeunt): State<Exeunt>, RawQuery(query): RawQuery, request: Request) -> Response {
    let caller = Caller::of(request.extensions());
    let headers = request.headers().clone();
    let query = query.unwrap_or_default();
    if probe::is_answer(&query) {
        return probe::receive(&exeunt, &headers, &query).await;
    }
    let answer = response::parse_authorization_response(&query);
    let attempt = answer
        .as_ref()
        .ok()
        .and_then(|answer| attempt::find(&exeunt, &headers, &answer.state));
    let result = match (answer, &attempt) {
        (Err(error), _) => Err(error),
        (Ok(_), None) => {
            // The back button after a sign-in that worked: there is nothing to complain about.
            if let Ok(Some(_)) = find_session(&exeunt, &headers).await
                && let Some(home) = see_other(&exeunt.public_url().rooted("/"))
            {
                return home;
            }
            Err(CallbackError::UnknownAttempt)
        }
        // The browser may leave at any moment; a code that was taken is seen through to the end.
        (Ok(answer), Some(attempt)) => {
            let (exeunt, attempt, headers) = (exeunt.clone(), attempt.clone(), headers.clone());
            match exeunt
                .clone()
                .spawn(async move { complete(&exeunt, &attempt, &answer, &headers, &caller).await })
                .await
            {
                Ok(result) => result,
                Err(error) => Err(CallbackError::Internal(error.to_string())),
            }
        }
    };
    let is_recheck = attempt.as_ref().is_some_and(|attempt| attempt.recheck.is_some());
    metrics::login_ended(metrics::login_outcome(result.as_ref().map(drop), is_recheck));
    let mut response = match result {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(target: "exeunt::login", %error, "a sign-in failed");
            let mut page = exeunt.render(&error.page(&exeunt));
            // What stands in the address bar here must not travel to the next page.
            let policy = HeaderValue::from_static("no-referrer");
            page.headers_mut().insert(header::REFERRER_POLICY, policy);
            page
        }
    };
    if let Some(attempt) = attempt {
        attempt::forget(&exeunt, response.headers_mut(), &attempt.id);
    }
    response
}

/// How long the provider may take for everything that it is asked. Below the server's own patience with a request, so
/// that the person gets a page and no session is begun that nobody waits for any more.
const PROVIDER_BUDGET: Duration = Duration::from_secs(20);
/// What came back, and from where.
pub(super) struct Arrival<'a> {
    pub(super) attempt: &'a Attempt,
    pub(super) session_state: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
    pub(super) caller: &'a Caller,
}

async fn complete(
    exeunt: &Exeunt,
    attempt: &Attempt,
    answer: &AuthorizationResponse,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, CallbackError> {
    let mut unproved = None;
    let proof = tokio::time::timeout(PROVIDER_BUDGET, prove(exeunt, attempt, answer, &mut unproved))
        .await
        .unwrap_or(Err(CallbackError::TooSlow));
    let arrival = Arrival {
        attempt,
        session_state: answer.session_state.as_deref(),
        headers,
        caller,
    };
    let result = match (&attempt.recheck, proof) {
        (Some(session), proof) => recheck::settle(exeunt, &arrival, session, proof).await,
        (None, Ok(proof)) => begin(exeunt, &arrival, proof, None).await,
        (None, Err(error)) => Err(error),
    };
    // Afterwards, when it is known whether a session goes on here.
    if let Some(tokens) = unproved {
        unused::revoke_unproved(exeunt, headers, &attempt.issuer, tokens).await;
    }
    result
}
