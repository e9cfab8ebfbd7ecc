//! The end of a login that worked: the one place where a session begins.

use axum::response::Response;
use http::HeaderMap;
use serde_json::Value;

use super::{
    admission, callback::Arrival, error::CallbackError, in_flight, proof::Proof, start::see_other, unused,
};
use crate::{
    Exeunt,
    audit::{self, Caller},
    http::cookies::{self, Presented},
    logout::{Ending, Reason, ending, unfinished},
    metrics,
    provider::{id_token::VerifiedIdToken, session_expiry::session_expiry},
    session::{
        LiveSession, SessionToken, device,
        layer::presented_token,
        record::{self, Column, Contact, Identity, SessionTokens},
    },
    session_management::{self, Watched},
    store::{Begun, MarkRule, Selector, SessionKey, SessionRow},
};

/// Begins a session. `former`: the one that goes on in it.
pub(super) async fn begin(
    exeunt: &Exeunt,
    arrival: &Arrival<'_>,
    proof: Proof,
    former: Option<&LiveSession>,
) -> Result<Response, CallbackError> {
    let Proof {
        tokens,
        verified,
        sub,
        claims,
    } = proof;
    let Arrival {
        attempt,
        headers,
        caller,
        ..
    } = *arrival;
    let stored = SessionTokens::new(tokens, &verified, attempt.ui_locales.clone());
    let person = Person {
        verified: &verified,
        sub: &sub,
        claims: &claims,
    };
    let (token, row) = match establish(exeunt, arrival, &person, &stored, former).await {
        Ok(established) => established,
        Err(error) => {
            let reason = match (&error, former) {
                // The session that was to go on ends too: nobody loses what is revoked.
                (CallbackError::SessionOver, Some(_)) => Reason::Unused,
                _ => unused::reason(exeunt, headers, &attempt.issuer, &sub).await,
            };
            unused::revoke(exeunt, &attempt.issuer, &sub, &stored, reason).await;
            return Err(error);
        }
    };
    audit::sign_in(&row, caller);
    metrics::session_began();
    match in_flight::arrive(exeunt, attempt).await {
        Ok(true) => {}
        Ok(false) => {
            undo(exeunt, &row, Reason::Logout, caller).await?;
            return match former {
                Some(_) => signed_out(exeunt),
                None => Err(CallbackError::Overtaken),
            };
        }
        Err(error) => {
            // Nobody has its cookie; if it cannot be ended now, its limits end it.
            undo(exeunt, &row, Reason::Unused, caller).await?;
            return Err(error.into());
        }
    }
    let replaced = end_replaced(exeunt, headers, &row, caller).await;
    if let Some(former) = former
        && !replaced.contains(&former.head.key)
    {
        // It ended after it was read: what was to go on with it ends too, and nobody is signed in (invariant I2).
        undo(exeunt, &row, Reason::SessionManagement, caller).await?;
        return signed_out(exeunt);
    }
    let mut response =
        see_other(&exeunt.public_url().rooted(attempt.return_to.as_str())).ok_or(CallbackError::Malformed)?;
    let cookies = exeunt.cookies();
    cookies::append(
        response.headers_mut(),
        cookies.set(&cookies.session(), token.as_str(), None),
    );
    if former.is_none() {
        cookies::append(response.headers_mut(), cookies.remove(&cookies.prompt()));
    }
    // What the last sign-out left to be done is over with this sign-in: no link may go on signing out at the provider.
    for name in [cookies.pending(), cookies.unfinished()] {
        if cookies.read(headers, &name) != Presented::None {
            cookies::append(response.headers_mut(), cookies.remove(&name));
        }
    }
    Ok(response)
}

/// The person who signs in.
struct Person<'a> {
    verified: &'a VerifiedIdToken,
    sub: &'a str,
    claims: &'a Value,
}

/// Creates the record. On an error there is none that anybody could use.
async fn establish(
    exeunt: &Exeunt,
    arrival: &Arrival<'_>,
    person: &Person<'_>,
    stored: &SessionTokens,
    former: Option<&LiveSession>,
) -> Result<(SessionToken, SessionRow), CallbackError> {
    let Person {
        verified,
        sub,
        claims,
    } = *person;
    let Arrival {
        attempt,
        session_state,
        caller,
        ..
    } = *arrival;
    let settings = exeunt.settings();
    let token = SessionToken::fresh(exeunt.random())?;
    let key = token.key();
    let now = exeunt.now();
    let sid = verified.text("sid").map(str::to_owned);
    let identity = Identity {
        contact: Contact::begin(stored, verified, now),
        watched: Watched::begin(
            exeunt,
            session_state,
            former.and_then(|former| former.identity.watched.as_ref()),
        ),
        ..admission::identity_of(claims, settings)
    };
    let ceiling = session_expiry(verified.claims());
    let own = now + exeunt.limits().absolute();
    let absolute_expires_at = ceiling.map_or(own, |ceiling| own.min(ceiling));
    let mut row = SessionRow {
        key,
        public_id: attempt.public_id(),
        iss: attempt.issuer.clone(),
        sub: sub.to_owned(),
        sid,
        former_sid: None,
        login_started_at: attempt.started_at,
        created_at: now,
        last_used_at: now,
        idle_expires_at: (now + exeunt.limits().idle()).min(absolute_expires_at),
        absolute_expires_at,
        device: record::seal_column(
            exeunt.keyring(),
            &key,
            Column::Device,
            &device::recognise(arrival.headers),
            exeunt.random(),
        )?,
        identity: record::seal_column(
            exeunt.keyring(),
            &key,
            Column::Identity,
            &identity,
            exeunt.random(),
        )?,
        tokens: record::seal_column(exeunt.keyring(), &key, Column::Tokens, stored, exeunt.random())?,
        data: None,
    };
    if !row.is_living(now) {
        return Err(CallbackError::SessionOver);
    }
    if let Some(former) = former {
        session_management::go_on(exeunt, &mut row, former).await?;
    }
    match exeunt.store().begin(row.clone(), now).await {
        Ok(Begun::Created) => Ok((token, row)),
        Ok(Begun::Refused) => Err(CallbackError::Overtaken),
        Err(error) => {
            // A store that did not answer in time may have written it all the same; nobody has its cookie.
            if let Err(error) = undo(exeunt, &row, Reason::Unused, caller).await {
                tracing::warn!(target: "exeunt::login", %error, "a session that may have begun could not be ended; it ends by its limits");
            }
            Err(error.into())
        }
    }
}

/// The session that this browser had before ends now (invariant I11), and so does one whose end the store failed before.
/// It writes no mark: a mark would refuse the next login of the same provider session.
async fn end_replaced(
    exeunt: &Exeunt,
    headers: &HeaderMap,
    successor: &SessionRow,
    caller: &Caller,
) -> Vec<SessionKey> {
    let mut ended = Vec::new();
    let old = presented_token(exeunt, headers).map(|token| token.key());
    let unfinished = unfinished::find(exeunt, headers).unwrap_or_default();
    for key in old.into_iter().chain(unfinished.keys) {
        let reason = match exeunt.store().load(&key, exeunt.now()).await {
            Ok(Some(head)) if head.iss != successor.iss || head.sub != successor.sub => Reason::AnotherPerson,
            _ => Reason::Replaced,
        };
        let ending = Ending::new(Selector::Key(key), MarkRule::None, reason, caller.clone());
        match ending::carry_out(exeunt, ending).await {
            Ok(taken) => ended.extend(taken.rows.iter().map(|row| row.key)),
            Err(error) => {
                tracing::error!(target: "exeunt::login", %error, "the session that this login replaces could not be ended; it ends by its limits");
            }
        }
    }
    ended
}

/// Ends a session that was begun a moment ago and whose cookie nobody has.
async fn undo(
    exeunt: &Exeunt,
    row: &SessionRow,
    reason: Reason,
    caller: &Caller,
) -> Result<(), CallbackError> {
    let ending = Ending::new(Selector::Key(row.key), MarkRule::None, reason, caller.clone());
    ending::carry_out(exeunt, ending).await?;
    Ok(())
}

fn signed_out(exeunt: &Exeunt) -> Result<Response, CallbackError> {
    see_other(&exeunt.public_url().rooted("/logged-out")).ok_or(CallbackError::Malformed)
}
