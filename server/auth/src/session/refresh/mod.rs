//! New tokens for living sessions. One refresh of a session at a time, over all instances (invariant I13):
//!
//! - in one process whoever asks while a refresh is under way waits for its outcome ([`flight`]);
//! - over instances whoever holds the lease in the store asks the provider; the others watch the store ([`lease`]).
//!
//! A provider that refuses to go on ends the session; one that cannot be reached does not ([`work`]). A session that ended
//! meanwhile gets nothing: the new tokens are queued for revocation.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use super::record::SessionTokens;
use crate::{Exeunt, audit::Caller, clock::Timestamp, store::SessionKey};

mod backoff;
mod flight;
mod lease;
pub(crate) mod liveness;
pub(crate) mod stored;
mod work;

use backoff::Backoff;
use flight::Flights;
use stored::Stored;

/// The longest that anybody waits for new tokens: for a refresh under way here, or for another instance's.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The most refreshes at once that nobody waits for.
const MOST_IN_BACKGROUND: usize = 16;

/// What came of a refresh.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// The session holds these now.
    Tokens(Arc<SessionTokens>),
    /// The session has ended: it was dead already, or the refresh ended it.
    Ended,
    /// It has no refresh token.
    CannotRefresh,
    /// Nothing has changed, as far as one can tell; it may go better later.
    Failed,
}

/// What somebody saw when they decided that a refresh is due. If the store holds something newer, somebody else has
/// done it.
pub(crate) enum Seen {
    /// This access token, which runs out.
    AccessToken(String),
    /// A contact with the provider that lies too far back.
    Contact(Timestamp),
}

impl Seen {
    fn is_outdated_by(&self, stored: &Stored) -> bool {
        match self {
            Self::AccessToken(seen) => stored.tokens.access_token != *seen,
            Self::Contact(seen) => stored
                .identity
                .contact
                .as_ref()
                .is_some_and(|contact| contact.at != *seen),
        }
    }
}

/// What an [`Exeunt`] knows of the refreshes of its own process.
#[derive(Debug)]
pub(crate) struct Refreshes {
    flights: Flights,
    backoff: Backoff,
    background: Arc<Semaphore>,
}

impl Default for Refreshes {
    fn default() -> Self {
        Self {
            flights: Flights::default(),
            backoff: Backoff::default(),
            background: Arc::new(Semaphore::new(MOST_IN_BACKGROUND)),
        }
    }
}

/// Refreshes the tokens of a session, or waits for whoever is at it, for [`PATIENCE`] at most. The work goes on if the
/// caller does not wait for it: a refresh token that was used is good for nothing any more, so what came for it is kept.
pub(crate) async fn refresh(exeunt: &Exeunt, key: SessionKey, seen: Seen, caller: Caller) -> Outcome {
    let Some(flight) = flight::board(exeunt, key, seen, caller) else {
        return Outcome::Failed;
    };
    tokio::time::timeout(PATIENCE, flight::landed(flight))
        .await
        .unwrap_or(Outcome::Failed)
}
