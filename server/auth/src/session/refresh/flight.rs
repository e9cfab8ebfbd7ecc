//! One refresh of a session at a time in this process. Whoever comes while it is under way gets its outcome.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use super::{Outcome, Seen, lease};
use crate::{Exeunt, audit::Caller, store::SessionKey};

/// Gives the outcome when there is one.
pub(super) type Flight = watch::Receiver<Option<Outcome>>;

/// What is under way. An entry is there only as long as its task runs.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<SessionKey, Flight>>);

impl Flights {
    fn under_way(&self) -> MutexGuard<'_, HashMap<SessionKey, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Joins the refresh that is under way, or begins one in a task of its own. `None`: one failed a moment ago, and the
/// provider is left alone.
pub(super) fn board(exeunt: &Exeunt, key: SessionKey, seen: Seen, caller: Caller) -> Option<Flight> {
    let mut under_way = exeunt.refreshes().flights.under_way();
    if let Some(flight) = under_way.get(&key) {
        return Some(flight.clone());
    }
    if exeunt.refreshes().backoff.holds(&key, exeunt.now()) {
        return None;
    }
    let (report, flight) = watch::channel(None);
    under_way.insert(key, flight.clone());
    drop(under_way);
    let landing = Landing {
        exeunt: exeunt.clone(),
        key,
    };
    exeunt.spawn(async move {
        let outcome = lease::refresh_alone(&landing.exeunt, &key, &seen, &caller).await;
        let refreshes = landing.exeunt.refreshes();
        let now = landing.exeunt.now();
        match &outcome {
            // One that has run out when it comes is no better than none: it must not be asked for at every request.
            Outcome::Tokens(tokens) if !tokens.are_good_for(Duration::ZERO, now) => {
                refreshes.backoff.note_failure(&key, now);
            }
            Outcome::Failed => refreshes.backoff.note_failure(&key, now),
            Outcome::Tokens(_) | Outcome::Ended | Outcome::CannotRefresh => refreshes.backoff.forget(&key),
        }
        drop(landing);
        report.send_replace(Some(outcome));
    });
    Some(flight)
}

/// Waits for the outcome.
pub(super) async fn landed(mut flight: Flight) -> Outcome {
    match flight.wait_for(Option::is_some).await {
        Ok(outcome) => outcome.clone().unwrap_or(Outcome::Failed),
        // Its task is gone without an outcome.
        Err(_) => Outcome::Failed,
    }
}

/// Takes the entry away when the task is over, in whatever way.
struct Landing {
    exeunt: Exeunt,
    key: SessionKey,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.exeunt.refreshes().flights.under_way().remove(&self.key);
    }
}
