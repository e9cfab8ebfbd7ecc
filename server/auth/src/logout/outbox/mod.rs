//! The outbox at work: the tokens of sessions that have ended are revoked at the provider.
//!
//! A take leaves an entry in the same step that ends the session, so nothing is forgotten by a crash. Whoever works on an
//! entry leases it first, so nobody works on it twice, save after a crash within the lease: at least once. After a day it is
//! given up, the tokens are wiped, and the audit log says so.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::{
    Exeunt, audit,
    clock::Timestamp,
    metrics, random,
    session::record::{self, Column, SessionTokens},
    store::{Lease, OutboxEntry, OutboxId, RETENTION, SessionKey, Settlement, StoreError},
};

pub mod backoff;
pub mod progress;
mod work;

pub use progress::{Progress, Step};

/// How long an entry is leased. All calls for one entry end well before.
const LEASE: Duration = Duration::from_secs(60);
/// How long the work on one entry may take.
const WORK: Duration = Duration::from_secs(45);
/// How many entries are worked on at once.
const BATCH: u32 = 16;
/// How often the worker looks, if nobody wakes it.
pub const INTERVAL: Duration = Duration::from_secs(5);

/// Works for ever; spawn it, and abort it at shutdown. Several instances may, on one store.
pub async fn run(exeunt: Exeunt) {
    loop {
        let done = match work_once(&exeunt).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(target: "exeunt::outbox", %error, "the outbox could not be read");
                0
            }
        };
        if done < BATCH as usize {
            // Woken or not: what became due meanwhile is looked for.
            let _ = tokio::time::timeout(INTERVAL, exeunt.outbox_woken()).await;
        }
    }
}

/// Works on what is due, once. Returns how many entries were tried.
///
/// # Errors
///
/// If the store does not answer.
pub async fn work_once(exeunt: &Exeunt) -> Result<usize, StoreError> {
    let now = exeunt.now();
    let entries = exeunt
        .store()
        .lease_outbox(Lease::Due(BATCH), now + LEASE, now)
        .await?;
    let count = entries.len();
    let mut works = JoinSet::new();
    for entry in entries {
        let exeunt = exeunt.clone();
        works.spawn(async move { attempt(&exeunt, entry).await });
    }
    while works.join_next().await.is_some() {}
    Ok(count)
}

/// Tries the entry of one session at once. `None` if that is not certain within `budget`: then it goes on in the
/// background, and the worker takes over if it must.
pub async fn try_at_once(exeunt: &Exeunt, id: OutboxId, budget: Duration) -> Option<Progress> {
    let worker = exeunt.clone();
    let work = exeunt.spawn(async move {
        let exeunt = worker;
        let now = exeunt.now();
        let leased = exeunt
            .store()
            .lease_outbox(Lease::One(id), now + LEASE, now)
            .await;
        match leased {
            Ok(mut entries) => Some(attempt(&exeunt, entries.pop()?).await),
            Err(error) => {
                tracing::warn!(target: "exeunt::outbox", %error, "an entry of the outbox could not be leased");
                None
            }
        }
    });
    if exeunt.revocation_stalls() {
        return None;
    }
    let progress = tokio::time::timeout(budget, work).await;
    exeunt.note_revocation(progress.is_ok());
    progress.ok()?.ok()?
}

/// Queues tokens that arrived when their session had ended already (invariant I13).
///
/// # Errors
///
/// If the store does not answer.
pub async fn queue_tokens(
    exeunt: &Exeunt,
    iss: &str,
    sub: &str,
    tokens: &SessionTokens,
    reason: super::Reason,
) -> Result<OutboxId, StoreError> {
    let id: [u8; 32] = random::bytes(exeunt.random()).map_err(StoreError::backend)?;
    let now = exeunt.now();
    let sealed = record::seal_column(
        exeunt.keyring(),
        &SessionKey(id),
        Column::Tokens,
        tokens,
        exeunt.random(),
    )
    .map_err(StoreError::backend)?;
    let entry = OutboxEntry {
        id: OutboxId(id),
        iss: iss.to_owned(),
        sub: sub.to_owned(),
        reason: reason.as_str().to_owned(),
        sealed,
        progress: String::new(),
        created_at: now,
        due_at: now,
        attempts: 0,
        leased_until: None,
        kept_until: None,
    };
    exeunt.store().put_outbox(entry).await?;
    exeunt.wake_outbox();
    Ok(OutboxId(id))
}

/// Works on a leased entry and settles it. Returns how far it is.
async fn attempt(exeunt: &Exeunt, entry: OutboxEntry) -> Progress {
    let before = Progress::parse(&entry.progress);
    let tokens = record::open_column::<SessionTokens>(
        exeunt.keyring(),
        &SessionKey(entry.id.0),
        Column::Tokens,
        &entry.sealed,
    );
    let (progress, asked) = match tokens {
        Ok(tokens) => {
            let mut progress = before;
            let work = work::revoke(exeunt, &entry, &tokens, &mut progress);
            let asked = tokio::time::timeout(WORK, work).await.ok().flatten();
            (progress, asked)
        }
        Err(error) => {
            // Perhaps with other keys: those of another instance, or when the setting is mended.
            tracing::warn!(target: "exeunt::outbox", %error, "the tokens of a session that ended cannot be opened");
            (before, None)
        }
    };
    settle(exeunt, &entry, progress, asked).await
}

async fn settle(
    exeunt: &Exeunt,
    entry: &OutboxEntry,
    progress: Progress,
    asked: Option<Duration>,
) -> Progress {
    let now = exeunt.now();
    let progress = if now.since(entry.created_at) >= backoff::GIVEN_UP_AFTER {
        progress.closing(Step::GivenUp)
    } else {
        progress
    };
    if progress.refresh_token == Step::GivenUp || progress.access_token == Step::GivenUp {
        audit::revocation_given_up(
            &entry.iss,
            &entry.sub,
            "the provider did not confirm it within a day",
        );
    }
    metrics::outbox_attempted(metrics::outbox_outcome(progress));
    let settlement = if progress.is_over() {
        Settlement::Over {
            progress: progress.to_text(),
            kept_until: now + RETENTION,
        }
    } else {
        let due_at = now + backoff::wait(entry.attempts, asked, exeunt.random());
        // One more try at the last moment, so that it is given up in time and not an hour later.
        let last: Timestamp = entry.created_at + backoff::GIVEN_UP_AFTER;
        Settlement::Again {
            progress: progress.to_text(),
            due_at: due_at.min(last),
        }
    };
    let held = entry.leased_until.unwrap_or(now);
    match exeunt.store().settle_outbox(&entry.id, held, settlement).await {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(target: "exeunt::outbox", id = ?entry.id, "a lease of the outbox was lost");
        }
        Err(error) => {
            tracing::warn!(target: "exeunt::outbox", %error, "an entry of the outbox could not be settled; it is tried again");
        }
    }
    progress
}
