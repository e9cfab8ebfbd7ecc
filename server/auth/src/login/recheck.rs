//! The answer to a silent check, by which a session goes on or ends.
//! [Session Management 1.0, section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe)

use axum::response::Response;

use super::{
    beginning::begin, callback::Arrival, error::CallbackError, proof::Proof, start::see_other, unused,
};
use crate::{
    Exeunt,
    logout::watched,
    session::{LiveSession, layer::find_session, record::SessionTokens},
    session_management::Finding,
};

/// Settles a silent check: the session goes on in a new record, or ends, or nothing is known. Nobody is signed in who was
/// not (invariant I19).
pub(super) async fn settle(
    exeunt: &Exeunt,
    arrival: &Arrival<'_>,
    session: &str,
    proof: Result<Proof, CallbackError>,
) -> Result<Response, CallbackError> {
    let url = exeunt.public_url();
    let go_to = |path: &str| see_other(&url.rooted(path)).ok_or(CallbackError::Malformed);
    let return_to = arrival.attempt.return_to.as_str();
    let former = match find_session(exeunt, arrival.headers).await? {
        Some(live) if live.head.public_id == session => live,
        // It ended meanwhile, or another tab was faster.
        other => {
            discard(exeunt, arrival, proof).await;
            return go_to(if other.is_some() { return_to } else { "/logged-out" });
        }
    };
    let found = Finding::of(proof.as_ref().map(|proof| &*proof.sub), &former.head.sub);
    match (found, proof) {
        (Finding::SamePerson, Ok(proof)) => match begin(exeunt, arrival, proof, Some(&former)).await {
            // The same person, for whom the provider allows no session any more.
            Err(CallbackError::SessionOver) => end(exeunt, arrival, &former, Finding::NoProof).await,
            begun => begun,
        },
        (Finding::Unknown, proof) => {
            if let Err(error) = proof {
                tracing::warn!(target: "exeunt::login", %error, "the provider could not say whether a session goes on");
            }
            go_to(return_to)
        }
        (_, proof) => {
            discard(exeunt, arrival, proof).await;
            end(exeunt, arrival, &former, found).await
        }
    }
}

async fn end(
    exeunt: &Exeunt,
    arrival: &Arrival<'_>,
    session: &LiveSession,
    found: Finding,
) -> Result<Response, CallbackError> {
    let mut response =
        see_other(&exeunt.public_url().rooted("/logged-out")).ok_or(CallbackError::Malformed)?;
    let out = response.headers_mut();
    watched::end(exeunt, session, found, arrival.headers, arrival.caller, out).await;
    Ok(response)
}

/// The tokens of an answer that gives no session are good for nothing here.
async fn discard(exeunt: &Exeunt, arrival: &Arrival<'_>, proof: Result<Proof, CallbackError>) {
    let Ok(Proof {
        tokens,
        verified,
        sub,
        ..
    }) = proof
    else {
        return;
    };
    let issuer = &arrival.attempt.issuer;
    let tokens = SessionTokens::new(tokens, &verified, None);
    // Where another tab was faster, what it began may share their grant.
    let reason = unused::reason(exeunt, arrival.headers, issuer, &sub).await;
    unused::revoke(exeunt, issuer, &sub, &tokens, reason).await;
}
