//! Work that goes on when nobody waits for it: a refresh token that was used, a code that was exchanged, a revocation that was
//! begun cannot be taken back. Whoever shuts down waits for it.

use std::{future::Future, sync::Arc};

use tokio::{sync::watch, task::JoinHandle};
use tracing::Instrument as _;

/// How much of it there is.
#[derive(Clone, Debug)]
pub(crate) struct UnderWay(Arc<watch::Sender<usize>>);

impl Default for UnderWay {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl UnderWay {
    /// Runs it in a task of its own.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let counted = Counted::new(self);
        let work = async move {
            let _counted = counted;
            work.await
        };
        // A trace shows it below the request that it was begun for.
        tokio::spawn(work.in_current_span())
    }

    /// Until there is none.
    pub(crate) async fn settled(&self) {
        // An error means that the sender is gone, which `self` holds.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// One piece of work, counted until it is over, in whatever way.
struct Counted(UnderWay);

impl Counted {
    fn new(under_way: &UnderWay) -> Self {
        under_way.0.send_modify(|count| *count += 1);
        Self(under_way.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn it_is_settled_when_the_last_is_over_and_one_that_panics_is_over_too() {
        let under_way = UnderWay::default();
        under_way.settled().await;
        let (go_on, held) = oneshot::channel::<()>();
        let work = under_way.spawn(held);
        let broken = under_way.spawn(async { panic!("as the test wants it") });
        assert!(broken.await.is_err());
        let settled = under_way.settled();
        tokio::pin!(settled);
        tokio::select! {
            biased;
            () = &mut settled => panic!("one is still under way"),
            () = tokio::task::yield_now() => {}
        }
        go_on.send(()).unwrap();
        settled.await;
        assert!(work.is_finished());
    }
}
