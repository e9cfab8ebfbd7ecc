//! Logins in flight when their browser signs out: the callback may be waiting for the provider at that very moment, and a
//! cookie that is removed does not reach it any more.
//!
//! A not-before mark stops it only where person or provider session are known, and a provider without `sid` tells no session.
//! So both sides claim the attempt in the store: the callback right after it began its session, the sign-out when it finds
//! the attempt's cookie. Whoever comes second ends the session. There is no gap: a sign-out that is second comes after the
//! session is there, and knows its public id from the attempt; see docs/adr/0015.

use std::cmp::Reverse;

use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::attempt::{self, Attempt, MOST_ATTEMPTS};
use crate::{
    Exeunt,
    audit::Caller,
    clock::Timestamp,
    logout::{Ended, Ending, Reason, ending},
    store::{MARK_LIFETIME, MarkRule, Selector, StoreError},
};

const PURPOSE: &str = "login in flight";

/// The callback has begun its session. False: the browser signed out meanwhile, and the session must end.
pub(super) async fn arrive(exeunt: &Exeunt, attempt: &Attempt) -> Result<bool, StoreError> {
    claim(exeunt, attempt, exeunt.now()).await
}

/// The browser signs out: no attempt that it presents gives a session any more, and one that it gave a moment ago ends.
/// Costs one small write for each of five attempts at most.
pub(crate) async fn cancel(
    exeunt: &Exeunt,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Ended, StoreError> {
    let mut attempts = attempt::presented(exeunt, headers);
    attempts.sort_by_key(|attempt| Reverse(attempt.started_at));
    let (mut rows, mut queued) = (Vec::new(), false);
    for attempt in attempts.iter().take(MOST_ATTEMPTS) {
        if claim(exeunt, attempt, exeunt.now()).await? {
            continue;
        }
        let selector = Selector::PublicId {
            public_id: attempt.public_id(),
            whose: None,
        };
        let ending = Ending::new(selector, MarkRule::Sid, Reason::Logout, caller.clone());
        let ended = ending::carry_out(exeunt, ending).await?;
        queued |= ended.queued;
        rows.extend_from_slice(&ended.rows);
    }
    Ok(Ended {
        rows: rows.into(),
        queued,
        ..Ended::default()
    })
}

/// Kept as long as a callback may come, and a little longer.
async fn claim(exeunt: &Exeunt, attempt: &Attempt, now: Timestamp) -> Result<bool, StoreError> {
    let id: [u8; 32] = Sha256::digest(attempt.state().as_bytes()).into();
    let until = now.max(attempt.started_at) + MARK_LIFETIME;
    exeunt.store().claim(PURPOSE, &id, until, now).await
}
