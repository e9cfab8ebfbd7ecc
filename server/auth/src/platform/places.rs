//! How many sign-outs this process asks the platform for at once. A platform that hangs holds each for the whole timeout; one that
//! answers within 50 ms is asked 1280 times a second all the same.
//!
//! Anybody can begin a question: a made-up cookie is enough. So whoever is signed in has places that strangers cannot take.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

/// For those who are signed in.
const SIGNED_IN: usize = 48;

/// For everybody else: whose session here ended before, and strangers.
const OTHERS: usize = 16;

/// How long somebody who is signed in waits for a place.
const PATIENCE: Duration = Duration::from_secs(1);

/// The places. The app itself is signed out before one is asked for (invariant I1).
#[derive(Debug)]
pub(super) struct Places {
    signed_in: Semaphore,
    others: Semaphore,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            signed_in: Semaphore::new(SIGNED_IN),
            others: Semaphore::new(OTHERS),
        }
    }
}

impl Places {
    /// A place, given back when it is dropped. `None`: there is none, for strangers at once, for others after [`PATIENCE`].
    pub(super) async fn take(&self, is_signed_in: bool) -> Option<SemaphorePermit<'_>> {
        if !is_signed_in {
            return self.others.try_acquire().ok();
        }
        let place = tokio::time::timeout(PATIENCE, self.signed_in.acquire()).await;
        place.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn strangers_take_no_place_of_those_who_are_signed_in_and_do_not_wait() {
        let places = Places::default();
        let mut taken = Vec::new();
        while let Some(place) = places.take(false).now_or_never().unwrap() {
            taken.push(place);
        }
        assert_eq!(taken.len(), OTHERS);
        assert!(places.take(true).now_or_never().unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_signed_in_waits_a_second_for_a_place() {
        let places = Places::default();
        let mut taken = Vec::new();
        for _ in 0..SIGNED_IN {
            taken.push(places.take(true).await.unwrap());
        }
        let before = tokio::time::Instant::now();
        assert!(places.take(true).await.is_none());
        assert_eq!(before.elapsed(), PATIENCE);

        let mut waiting = Box::pin(places.take(true));
        assert!(waiting.as_mut().now_or_never().is_none());
        taken.pop();
        assert!(waiting.await.is_some());
    }
}
