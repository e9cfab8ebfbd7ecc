//! One stream: what it has seen of its session, and what it says next.

use std::{convert::Infallible, time::Duration};

use axum::response::sse::Event;
use sha2::{Digest as _, Sha256};
use tokio::{sync::watch, time::Instant};

use super::hub::{End, Signal, Subscription};
use crate::{
    Exeunt,
    clock::Timestamp,
    random,
    session::record::{self, Column, Identity},
    store::{EXPIRED, SessionHead},
};

/// The session is read again this often, without extending it, whatever was or was not told.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// The same after the store did not answer.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// When a browser comes back after the connection broke: at least this, in milliseconds, and at most twice as much, so that
/// not all come at once after a restart.
const RETRY: u64 = 2000;

/// A stream under way.
pub(super) struct Watching {
    exeunt: Exeunt,
    subscription: Subscription,
    closing: watch::Receiver<bool>,
    seen: Seen,
    look_at: Instant,
    phase: Phase,
}

enum Phase {
    Opening,
    Open,
    Over,
}

/// What a page may have shown of the session. Of the person a digest: there are as many of these as open tabs.
#[derive(PartialEq, Eq)]
struct Seen {
    limits: (Timestamp, Timestamp),
    person: Option<[u8; 32]>,
}

impl Seen {
    fn of(exeunt: &Exeunt, head: &SessionHead) -> Self {
        let identity =
            record::open_column::<Identity>(exeunt.keyring(), &head.key, Column::Identity, &head.identity);
        Self {
            limits: (head.idle_expires_at, head.absolute_expires_at),
            person: identity.ok().and_then(|identity| {
                let shown = serde_json::to_vec(&(identity.email, identity.name, identity.roles)).ok()?;
                Some(Sha256::digest(shown).into())
            }),
        }
    }

    fn ends_at(&self) -> Timestamp {
        self.limits.0.min(self.limits.1)
    }
}

impl Watching {
    pub(super) fn begin(exeunt: &Exeunt, subscription: Subscription, head: &SessionHead) -> Self {
        let mut watching = Self {
            closing: exeunt.hub().closing(),
            seen: Seen::of(exeunt, head),
            exeunt: exeunt.clone(),
            subscription,
            look_at: Instant::now(),
            phase: Phase::Opening,
        };
        watching.look_again_in_time();
        watching
    }

    /// The next event, when there is one; `None` when the stream closes.
    pub(super) async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let event = match self.phase {
            Phase::Opening => {
                self.phase = Phase::Open;
                opening(&self.exeunt)
            }
            Phase::Open => self.open().await?,
            Phase::Over => return None,
        };
        Some((Ok(event), self))
    }

    async fn open(&mut self) -> Option<Event> {
        loop {
            let signal = tokio::select! {
                biased;
                _ = self.closing.wait_for(|closing| *closing) => return None,
                signal = self.subscription.signal() => signal,
                () = tokio::time::sleep_until(self.look_at) => Signal::Look,
            };
            let event = match signal {
                Signal::Ended(end) => Some(self.ended(&end)),
                Signal::Look => self.look().await,
            };
            if event.is_some() {
                return event;
            }
        }
    }

    /// Reads the session, and says what is different. If the store does not answer, nothing is claimed.
    async fn look(&mut self) -> Option<Event> {
        let now = self.exeunt.now();
        let read = self.exeunt.store().load(self.subscription.key(), now).await;
        match read {
            Ok(Some(head)) => {
                let before = std::mem::replace(&mut self.seen, Seen::of(&self.exeunt, &head));
                self.look_again_in_time();
                if before.person != self.seen.person {
                    Some(Event::default().event("changed").data("{}"))
                } else if before.limits != self.seen.limits {
                    Some(Event::default().event("extended").data("{}"))
                } else {
                    None
                }
            }
            Ok(None) => self.gone(now).await,
            Err(error) => {
                self.after_fault(&error);
                None
            }
        }
    }

    /// It is over, and nobody told; why does its end record, or its limit.
    async fn gone(&mut self, now: Timestamp) -> Option<Event> {
        match self.exeunt.store().load_end(self.subscription.key(), now).await {
            Ok(Some(record)) => Some(self.ended(&record.into())),
            // It stands in the store until somebody takes it away.
            Ok(None) => Some(self.ended(&End {
                why: EXPIRED.to_owned(),
                at: self.seen.ends_at().min(now),
            })),
            Err(error) => {
                self.after_fault(&error);
                None
            }
        }
    }

    fn ended(&mut self, end: &End) -> Event {
        self.phase = Phase::Over;
        let data = serde_json::json!({"why": end.why, "at": end.at.seconds()});
        Event::default().event("ended").data(data.to_string())
    }

    fn look_again_in_time(&mut self) {
        let left = self.seen.ends_at().since(self.exeunt.now());
        self.look_at = Instant::now() + left.min(LOOK_AGAIN);
    }

    fn after_fault(&mut self, error: &crate::store::StoreError) {
        tracing::warn!(target: "exeunt::events", %error, "a session could not be read again");
        self.look_at = Instant::now() + AFTER_FAULT;
    }
}

/// Sent at once, so that the browser knows that it is connected.
fn opening(exeunt: &Exeunt) -> Event {
    let spread = random::bytes(exeunt.random()).map_or(0, u64::from_be_bytes) % RETRY;
    Event::default()
        .comment("open")
        .retry(Duration::from_millis(RETRY + spread))
}
