//! The bell: one process tells the others that something ended, through the database.
//!
//! It is rung after a take is committed, not within it: a transaction that notifies is committed behind one lock for the whole
//! cluster, and so sign-outs would wait for one another's disk. The ringing is a hint and may be lost; whoever waits for it looks
//! again after a while in any case.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::{FutureExt as _, StreamExt as _, stream};
use tokio::{sync::Notify, task::AbortHandle, time};
use tokio_postgres::{AsyncMessage, Config, Error};

use super::{
    connections::{self, Connections, Statements as _},
    tls::Tls,
};
use crate::config::PostgresUrl;

/// What the bell is called. All schemas of a database share it; each says its name.
const CHANNEL: &str = "exeunt_ends";

const RING: &str = "SELECT pg_notify($1, $2)";

/// The waits before the listening connection is made anew, the last one over and over.
const WAITS: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
];

pub(super) struct Bell {
    place: Arc<Place>,
    connections: Arc<Connections>,
    to_ring: Arc<Notify>,
    ringer: OnceLock<AbortHandle>,
    listener: OnceLock<AbortHandle>,
}

/// Where to listen.
struct Place {
    config: Config,
    tls: Tls,
    schema: String,
    rung: Notify,
}

impl Bell {
    pub(super) fn new(
        url: &PostgresUrl,
        tls: Tls,
        call_timeout: Duration,
        connections: Arc<Connections>,
    ) -> Self {
        Self {
            place: Arc::new(Place {
                config: connections::config(url, call_timeout),
                tls,
                schema: url.schema().to_owned(),
                rung: Notify::new(),
            }),
            connections,
            to_ring: Arc::new(Notify::new()),
            ringer: OnceLock::new(),
            listener: OnceLock::new(),
        }
    }

    /// Rings soon. Whoever calls need not wait for it, and many who call meanwhile make one ringing.
    pub(super) fn ring(&self) {
        self.to_ring.notify_one();
        self.ringer.get_or_init(|| {
            let (connections, to_ring, place) = (
                Arc::clone(&self.connections),
                Arc::clone(&self.to_ring),
                Arc::clone(&self.place),
            );
            tokio::spawn(async move {
                loop {
                    to_ring.notified().await;
                    let place = Arc::clone(&place);
                    let rung = connections
                        .call(move |client| {
                            async move { client.rows(RING, &[&CHANNEL, &place.schema]).await }.boxed()
                        })
                        .await;
                    if let Err(error) = rung {
                        tracing::debug!(%error, "others were not told that something ended; they will find it");
                    }
                }
            })
            .abort_handle()
        });
    }

    /// Waits until it is rung, or might have been unheard, but so long at most.
    pub(super) async fn heard(&self, at_most: Duration) {
        self.listener.get_or_init(|| {
            let place = Arc::clone(&self.place);
            tokio::spawn(async move { place.listen().await }).abort_handle()
        });
        let _ = time::timeout(at_most, self.place.rung.notified()).await;
    }
}

impl Place {
    /// For ever: a connection that broke off is made anew.
    async fn listen(&self) {
        let mut waits = WAITS.into_iter();
        let mut wait = Duration::ZERO;
        loop {
            time::sleep(wait).await;
            match self.listen_once().await {
                Ok(()) => waits = WAITS.into_iter(),
                Err(error) => tracing::debug!(%error, "the bell cannot be listened for"),
            }
            wait = waits.next().unwrap_or(wait);
        }
    }

    /// Until the connection breaks off. An error means that it listened at no time.
    async fn listen_once(&self) -> Result<(), Error> {
        let (client, mut connection) = self.config.connect(self.tls.clone()).await?;
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        let listen = format!("LISTEN {CHANNEL}");
        let mut listening = Box::pin(client.batch_execute(&listen).fuse());
        let mut is_listening = false;
        loop {
            tokio::select! {
                begun = &mut listening, if !is_listening => {
                    begun?;
                    is_listening = true;
                    // What ended before was not heard.
                    self.rang();
                }
                message = messages.next() => match message {
                    Some(Ok(AsyncMessage::Notification(told))) => {
                        if told.payload() == self.schema {
                            self.rang();
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) if !is_listening => return Err(error),
                    Some(Err(_)) | None => return Ok(()),
                },
            }
        }
    }

    /// Wakes who waits now, and who comes next: they may have looked just before.
    fn rang(&self) {
        self.rung.notify_waiters();
        self.rung.notify_one();
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        for task in [&self.ringer, &self.listener] {
            if let Some(task) = task.get() {
                task.abort();
            }
        }
    }
}
