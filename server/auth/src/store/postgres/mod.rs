//! [`PostgresStore`]: sessions in a PostgreSQL database, for several instances.
//!
//! Every method is one transaction at READ COMMITTED, or one statement. What must not happen between two of them is kept apart
//! by locks of the database (see `locks.rs`), so it does not matter which instance does what, nor how many there are.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::FutureExt as _;
use tokio::task::AbortHandle;

use self::{
    bell::Bell,
    connections::{Client, Connections},
    error::Failure,
    locks::Locks,
    tls::Tls,
};
use super::{
    Begun, Census, Change, EndRecord, Lease, Mark, OutboxEntry, OutboxId, PendingKey, Place, SealedColumns,
};
use super::{SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken, Walked};
use crate::{clock::Timestamp, config::PostgresUrl};

mod bell;
mod census;
mod columns;
mod connections;
mod ends;
mod error;
mod locks;
mod marks;
mod outbox;
mod pending;
mod resealing;
mod schema;
mod selecting;
mod sessions;
mod settings;
mod sweep;
mod taking;
mod text;
mod tls;
mod verifier;

pub use error::{Fault, OpenError};
pub use schema::Found;
pub use settings::PostgresSettings;

/// Sessions in a PostgreSQL database, version 14 or newer.
///
/// What a method reports is committed and, unless the server itself was told not to write to its disk, durable: each
/// connection sets `synchronous_commit` to `on` if it is less. Connections keep settings and prepared statements, and one
/// listens: a pooler in between must lend a connection for as long as it is used (session mode).
///
/// Its methods need a tokio runtime with time and network enabled (and one whose time runs: under a paused clock the time
/// limit of a call passes at once). A call that was begun goes on when its caller goes away.
pub struct PostgresStore {
    connections: Arc<Connections>,
    bell: Bell,
    locks: Locks,
    schema: String,
}

impl PostgresStore {
    /// Connects, creates the schema if it is not there, and brings it to the present version. Several instances may do so at
    /// once.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the database and what mends it.
    pub async fn open(url: &PostgresUrl, settings: PostgresSettings) -> Result<Self, OpenError> {
        let tls = Tls::of(url)?;
        let (mut client, connection) = connect(url, &tls, &settings).await?;
        let migrated = schema::migrate(&mut client, url.schema()).await;
        connection.abort();
        migrated?;
        let connections = Connections::new(url, tls.clone(), &settings).map_err(OpenError::Engine)?;
        let connections = Arc::new(connections);
        Ok(Self {
            bell: Bell::new(url, tls, settings.call_timeout, Arc::clone(&connections)),
            connections,
            locks: Locks::of(url.schema()),
            schema: url.schema().to_owned(),
        })
    }

    /// Whether there is a store already. Makes nothing.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::open`].
    pub async fn look(url: &PostgresUrl, settings: &PostgresSettings) -> Result<Found, OpenError> {
        let (mut client, connection) = connect(url, &Tls::of(url)?, settings).await?;
        let found =
            tokio::time::timeout(settings.call_timeout, schema::look(&mut client, url.schema())).await;
        connection.abort();
        found.unwrap_or(Err(OpenError::Timeout(settings.call_timeout)))
    }
}

/// A connection for the time before there is a store, and the task that drives it.
async fn connect(
    url: &PostgresUrl,
    tls: &Tls,
    settings: &PostgresSettings,
) -> Result<(tokio_postgres::Client, AbortHandle), OpenError> {
    let config = connections::config(url, settings.call_timeout);
    let connect = config.connect(tls.clone());
    let (client, connection) = tokio::time::timeout(settings.call_timeout, connect)
        .await
        .map_err(|_elapsed| OpenError::Timeout(settings.call_timeout))?
        .map_err(|error| OpenError::Connect(Fault::from(&error)))?;
    Ok((client, tokio::spawn(connection).abort_handle()))
}

async fn beginning(
    client: &mut Client,
    locks: &Locks,
    row: &SessionRow,
    now: Timestamp,
) -> Result<Begun, Failure> {
    let transaction = connections::transaction(client).await?;
    locks.share(&transaction, &Mark::against(row)).await?;
    let begun = sessions::insert(&transaction, row, now).await?;
    transaction.commit().await?;
    Ok(begun)
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        let locks = self.locks.clone();
        self.connections
            .call(move |client| async move { beginning(client, &locks, &row, now).await }.boxed())
            .await
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        let key = *key;
        self.connections
            .call(move |client| async move { sessions::load(client, &key, now).await }.boxed())
            .await
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let key = *key;
        self.connections
            .call(move |client| {
                async move { sessions::load_column(client, sessions::LOAD_TOKENS, &key, now).await }.boxed()
            })
            .await
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        let key = *key;
        self.connections
            .call(move |client| {
                async move { sessions::load_column(client, sessions::LOAD_DATA, &key, now).await }.boxed()
            })
            .await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = *key;
        self.connections
            .call(move |client| {
                async move { sessions::touch(client, &key, idle_expires_at, now).await }.boxed()
            })
            .await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        let (key, locks) = (*key, self.locks.clone());
        self.connections
            .call(move |client| {
                async move { sessions::update_with_sid(client, &locks, &key, &change, now).await }.boxed()
            })
            .await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        let (locks, noted, take) = (self.locks.clone(), take.farewell.is_some(), take.clone());
        let taken = self
            .connections
            .call(move |client| async move { taking::take(client, &locks, &take, now).await }.boxed())
            .await?;
        if noted && !taken.rows.is_empty() {
            self.bell.ring();
        }
        Ok(taken)
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        let (iss, sub) = (iss.to_owned(), sub.to_owned());
        self.connections
            .call(move |client| {
                async move { sessions::list(client, sessions::LIST, &iss, &sub, now).await }.boxed()
            })
            .await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let (iss, sid) = (iss.to_owned(), sid.to_owned());
        self.connections
            .call(move |client| {
                async move { sessions::list(client, sessions::LIST_BY_SID, &iss, &sid, now).await }.boxed()
            })
            .await
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        let locks = self.locks.clone();
        self.connections
            .call(move |client| async move { ends::last(client, &locks).await }.boxed())
            .await
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        let locks = self.locks.clone();
        self.connections
            .call(move |client| async move { ends::after(client, &locks, seq, limit).await }.boxed())
            .await
    }

    async fn wait_for_ends(&self, at_most: Duration) {
        self.bell.heard(at_most).await;
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        let (locks, iss, sub) = (self.locks.clone(), iss.to_owned(), sub.to_owned());
        self.connections
            .call(move |client| {
                async move { ends::list(client, &locks, (&iss, &sub), limit, now).await }.boxed()
            })
            .await
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        let (locks, key) = (self.locks.clone(), *key);
        self.connections
            .call(move |client| async move { ends::load(client, &locks, &key, now).await }.boxed())
            .await
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.connections
            .call(move |client| async move { outbox::put(client, &entry).await }.boxed())
            .await
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.connections
            .call(move |client| async move { outbox::lease(client, which, until, now).await }.boxed())
            .await
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        let id = *id;
        self.connections
            .call(move |client| {
                async move { outbox::settle(client, &id, leased_until, &settlement).await }.boxed()
            })
            .await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        let id = *id;
        self.connections
            .call(move |client| async move { outbox::load(client, &id).await }.boxed())
            .await
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = *key;
        self.connections
            .call(move |client| async move { pending::put(client, &key, &sealed, expires_at).await }.boxed())
            .await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let key = *key;
        self.connections
            .call(move |client| async move { pending::load(client, &key, now).await }.boxed())
            .await
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (key, expected) = (*key, expected.to_owned());
        self.connections
            .call(move |client| {
                async move { pending::swap(client, &key, &expected, &sealed, now).await }.boxed()
            })
            .await
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (purpose, id) = (purpose.to_owned(), *id);
        self.connections
            .call(move |client| {
                async move { pending::claim(client, &purpose, &id, until, now).await }.boxed()
            })
            .await
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        let (purpose, id) = (purpose.to_owned(), *id);
        self.connections
            .call(move |client| async move { pending::release(client, &purpose, &id, until).await }.boxed())
            .await
    }

    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError> {
        let from = from.cloned();
        self.connections
            .call(move |client| async move { resealing::walk(client, from.as_ref(), limit).await }.boxed())
            .await
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.connections
            .call(move |client| async move { resealing::reseal(client, &before, &after).await }.boxed())
            .await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut total = 0;
        for sql in sweep::TABLES {
            // Each batch is a call of its own: it has its own time, and others get their turn in between.
            loop {
                let removed = self
                    .connections
                    .call(move |client| async move { sweep::batch(client, sql, now).await }.boxed())
                    .await?;
                total += removed;
                if removed < u64::from(sweep::BATCH) {
                    break;
                }
            }
        }
        Ok(total)
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        self.connections
            .call(move |client| async move { census::count(client, now).await }.boxed())
            .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.connections
            .call(move |client| async move { pending::probe(client).await }.boxed())
            .await
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
