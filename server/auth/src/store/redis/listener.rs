//! The listener: one connection of the process on which the engine tells that something ended. Only a hint.

use std::{
    future::Future,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::StreamExt as _;
use redis::Client;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use super::{call::Calls, error::EngineFault, keys};

/// The waits before it connects again: from the first up to the last.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How often it asks whether its connection still is one.
const PING: Duration = Duration::from_secs(15);

/// What was heard, and how much of it was followed up.
pub(super) struct Listener {
    heard: watch::Sender<u64>,
    followed: AtomicU64,
    task: OnceLock<JoinHandle<()>>,
}

impl Listener {
    pub(super) fn new() -> Self {
        Self {
            heard: watch::Sender::new(0),
            followed: AtomicU64::new(0),
            task: OnceLock::new(),
        }
    }

    /// How much was heard so far: to be taken before the ends are read.
    pub(super) fn heard(&self) -> u64 {
        *self.heard.borrow()
    }

    /// The ends were read; they hold all that was heard by then.
    pub(super) fn followed(&self, heard: u64) {
        self.followed.fetch_max(heard, Ordering::Relaxed);
    }

    /// Waits until more was heard than was followed up, at most so long. The first who waits starts the listening.
    pub(super) async fn wait(&self, calls: &Arc<Calls>, at_most: Duration) {
        self.task.get_or_init(|| {
            let (calls, heard) = (Arc::clone(calls), self.heard.clone());
            tokio::spawn(async move { listen(&calls, &heard).await })
        });
        let followed = self.followed.load(Ordering::Relaxed);
        let mut heard = self.heard.subscribe();
        // An error means that nothing will be heard any more: no reason to come back before the time.
        let news = async {
            if heard.wait_for(|heard| *heard > followed).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let _elapsed = timeout(at_most, news).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

/// For ever, connecting again whenever the connection has ended.
async fn listen(calls: &Calls, heard: &watch::Sender<u64>) {
    let mut wait = WAITS.0;
    loop {
        let listened = listen_once(calls, || {
            heard.send_modify(|heard| *heard += 1);
            wait = WAITS.0;
        });
        if let Err(fault) = listened.await {
            tracing::debug!(target: "exeunt::store", %fault, "the engine does not tell of ends at present");
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(WAITS.1);
    }
}

/// Until the connection ends. What ended while nobody listened is not told again, so the beginning is news as well.
async fn listen_once(calls: &Calls, mut news: impl FnMut()) -> Result<(), EngineFault> {
    let link = calls.link();
    let Some(node) = link.node().await else {
        return Ok(());
    };
    let connecting = async {
        let client = Client::open(link.address().connection_info(&node)?)?;
        let mut messages = client.get_async_pubsub().await?;
        messages.subscribe(keys::channel(&link.address().name)).await?;
        Ok(messages)
    };
    let messages = in_time(calls, connecting).await?;
    let (mut sink, mut stream) = messages.split();
    news();
    loop {
        match timeout(PING, stream.next()).await {
            Ok(Some(_message)) => news(),
            Ok(None) => return Err(EngineFault::BrokenOff),
            Err(_quiet) => in_time(calls, sink.ping::<redis::Value>()).await.map(drop)?,
        }
    }
}

async fn in_time<T>(
    calls: &Calls,
    step: impl Future<Output = redis::RedisResult<T>>,
) -> Result<T, EngineFault> {
    match timeout(calls.call_timeout, step).await {
        Ok(done) => done.map_err(|error| EngineFault::of_connecting(&error)),
        Err(_elapsed) => Err(EngineFault::Silent),
    }
}
