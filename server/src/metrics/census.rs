//! How much there is in the store, asked when somebody looks, and not too often.

use std::time::Duration;

use exeunt::{
    Exeunt,
    clock::Timestamp,
    metrics::catalogue::{OUTBOX_ENTRIES, OUTBOX_OLDEST_AGE, SESSIONS},
    store::Census,
};
use tokio::{sync::Mutex, time::Instant};

use super::gauge;

/// How long an answer is good for, however often it is asked for.
pub const ASKED_AT_MOST_EVERY: Duration = Duration::from_secs(10);

/// How long the store may take.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Asks the store.
#[derive(Debug)]
pub struct CensusTaker {
    exeunt: Exeunt,
    /// When it was asked last, and what it said then; locked while it is asked.
    last: Mutex<Option<(Instant, Option<Census>)>>,
}

impl CensusTaker {
    /// For the store of this relying party.
    #[must_use]
    pub fn new(exeunt: Exeunt) -> Self {
        Self {
            exeunt,
            last: Mutex::default(),
        }
    }

    /// The gauges of the store, as text; empty if the store does not tell: a number that was true once is none.
    pub async fn lines(&self) -> String {
        let census = self.census().await;
        census.map_or_else(String::new, |census| text(&census, self.exeunt.now()))
    }

    async fn census(&self) -> Option<Census> {
        let mut last = self.last.lock().await;
        if let Some((asked, census)) = *last
            && asked.elapsed() < ASKED_AT_MOST_EVERY
        {
            return census;
        }
        let asked = Instant::now();
        let exeunt = self.exeunt.clone();
        // In a task of its own: what the store has begun for us it ends, whoever waits.
        let question = tokio::spawn(async move { exeunt.store().census(exeunt.now()).await });
        let census = match tokio::time::timeout(PATIENCE, question).await {
            Ok(Ok(Ok(census))) => Some(census),
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "the store could not be counted");
                None
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "counting the store broke off");
                None
            }
            Err(_elapsed) => {
                tracing::warn!("the store was not counted within {PATIENCE:?}");
                None
            }
        };
        *last = Some((asked, census));
        census
    }
}

fn text(census: &Census, now: Timestamp) -> String {
    let age = census
        .outbox_oldest
        .map_or(Duration::ZERO, |oldest| now.since(oldest));
    // Beyond 2^53 there would be a sessions more or less.
    let number = |count: u64| count as f64;
    [
        gauge(&SESSIONS, number(census.sessions)),
        gauge(&OUTBOX_ENTRIES, number(census.outbox_entries)),
        gauge(&OUTBOX_OLDEST_AGE, age.as_secs_f64()),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_told_by_its_age_in_seconds() {
        let now = Timestamp::from_seconds(1000);
        let mut census = Census {
            sessions: 1_000_000,
            outbox_entries: 2,
            outbox_oldest: Some(now - Duration::from_millis(90_500)),
        };
        let told = text(&census, now);
        for line in [
            "# TYPE exeunt_sessions gauge",
            "exeunt_sessions 1000000",
            "exeunt_outbox_entries 2",
            "exeunt_outbox_oldest_age_seconds 90.5",
        ] {
            assert!(told.lines().any(|known| known == line), "{line} in {told}");
        }
        census.outbox_oldest = None;
        assert!(text(&census, now).contains("\nexeunt_outbox_oldest_age_seconds 0\n"));
    }
}
