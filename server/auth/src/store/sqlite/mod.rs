//! [`SqliteStore`]: sessions in one file, durable, for one machine.
//!
//! One thread writes and commits in groups, several read. Async callers hand them work over bounded queues and wait no
//! longer than a set time, so a slow disk slows the calls that need it and nothing else.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::oneshot;

use self::{
    checkpoints::{Checkpoints, LogLength},
    readers::Readers,
    writer::{Company, Writer},
};
use super::{
    Begun, Census, Change, EndRecord, Lease, Mark, OutboxEntry, OutboxId, PendingKey, Place, SealedColumns,
};
use super::{
    Selector, SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken, Walked,
};
use crate::clock::Timestamp;

mod census;
mod checkpoints;
mod columns;
mod ends;
mod error;
mod marks;
mod open;
mod outbox;
mod pending;
mod person_ends;
#[cfg(test)]
mod plans;
mod queue;
mod readers;
mod resealing;
mod schema;
mod sessions;
mod settings;
mod sweep;
mod taking;
mod writer;

pub use error::OpenError;
pub use settings::SqliteSettings;

/// Sessions in an SQLite file.
///
/// Several processes on one machine may open the same file; each sees what the others did. What a method reports is on
/// the disk when it returns. Its methods need a tokio runtime with time enabled (and one whose time runs: under a paused
/// clock the time limit of a call passes at once).
///
/// Dropping the store ends its threads and blocks until what was handed in is written, which leaves a single file
/// without a log beside it.
pub struct SqliteStore {
    path: PathBuf,
    call_timeout: Duration,
    // In this order: the writer's connection closes last and folds the log into the file.
    readers: Readers,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the file, creates it (readable by its owner only) if it is not there, and brings it to the present schema.
    ///
    /// Blocks while it does so: call it at the start of the program.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the file and what mends it.
    pub fn open(path: impl AsRef<Path>, settings: SqliteSettings) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let SqliteSettings {
            readers,
            call_timeout,
            queue_capacity,
            batch,
        } = settings;
        let mut connection = open::for_writing(path, call_timeout)?;
        let folder = open::for_folding(path, call_timeout)?;
        let checkpoints = Checkpoints::start(path, &mut connection, folder, LogLength::USUAL)?;
        let writer = Writer::start(
            connection,
            checkpoints,
            queue_capacity,
            batch,
            person_ends::deal_with_some,
        )?;
        let connections = (0..readers.get()).map(|_| open::for_reading(path, call_timeout));
        let readers = Readers::start(connections, queue_capacity)?;
        Ok(Self {
            path: path.to_owned(),
            call_timeout,
            readers,
            writer,
        })
    }

    /// Whether the file is a store in the form of this version, for whoever works beside a running server: opened by a newer version, an
    /// older one that still runs on it would find nothing any more. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`OpenError::Older`] if it is not, and whatever else keeps the file from being read.
    pub fn look(path: impl AsRef<Path>, settings: &SqliteSettings) -> Result<(), OpenError> {
        open::look(path.as_ref(), settings.call_timeout)
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.answer(self.readers.submit(query)?).await
    }

    async fn write<T: Send + 'static>(
        &self,
        operation: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.answer(self.writer.submit(Company::Shared, operation)?).await
    }

    async fn answer<T>(&self, answered: oneshot::Receiver<Result<T, StoreError>>) -> Result<T, StoreError> {
        match tokio::time::timeout(self.call_timeout, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(ended)) => Err(StoreError::backend(ended)),
            Err(_elapsed) => Err(StoreError::Timeout(self.call_timeout)),
        }
    }

    /// With the ends that another process made certain, perhaps, and was stopped before it had dealt with them.
    async fn deal_with_what_is_left(&self) -> Result<(), StoreError> {
        while self.write(person_ends::deal_with_some).await? {}
        Ok(())
    }

    /// Batch after batch until nothing is left. Each is a write of its own: others get their turn in between.
    async fn sweep_table(&self, sql: &'static str, until: Timestamp) -> Result<u64, StoreError> {
        let mut total = 0;
        loop {
            let removed = self
                .write(move |connection| sweep::batch(connection, sql, until))
                .await?;
            total += removed;
            if removed < u64::from(sweep::BATCH) {
                return Ok(total);
            }
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        self.write(move |connection| {
            for mark in Mark::against(&row) {
                if marks::refuses(connection, &mark, row.login_started_at, now)? {
                    return Ok(Begun::Refused);
                }
            }
            sessions::insert(connection, &row)?;
            Ok(Begun::Created)
        })
        .await
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        let key = *key;
        self.read(move |connection| sessions::load(connection, &key, now))
            .await
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let key = *key;
        self.read(move |connection| sessions::load_tokens(connection, &key, now))
            .await
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        let key = *key;
        self.read(move |connection| sessions::load_data(connection, &key, now))
            .await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = *key;
        self.write(move |connection| sessions::touch(connection, &key, idle_expires_at, now))
            .await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        let key = *key;
        self.write(move |connection| sessions::update(connection, &key, &change, now))
            .await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        let take = take.clone();
        let company = match take.selector {
            Selector::Key(_) | Selector::PublicId { .. } | Selector::Sid { .. } => Company::Shared,
            Selector::Subject { .. } | Selector::Expired { .. } => Company::Alone,
        };
        let taken = self
            .writer
            .submit(company, move |connection| taking::take(connection, &take, now))?;
        self.answer(taken).await
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        let (iss, sub) = (iss.to_owned(), sub.to_owned());
        self.read(move |connection| sessions::list(connection, &iss, &sub, now))
            .await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let (iss, sid) = (iss.to_owned(), sid.to_owned());
        self.read(move |connection| sessions::list_by_sid(connection, &iss, &sid, now))
            .await
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        self.read(ends::last).await
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        self.read(move |connection| ends::after(connection, seq, limit))
            .await
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        let (iss, sub) = (iss.to_owned(), sub.to_owned());
        self.read(move |connection| ends::list(connection, &iss, &sub, limit, now))
            .await
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        let key = *key;
        self.read(move |connection| ends::load(connection, &key, now))
            .await
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.write(move |connection| outbox::put(connection, &entry))
            .await
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.write(move |connection| outbox::lease(connection, which, until, now))
            .await
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        let id = *id;
        self.write(move |connection| outbox::settle(connection, &id, leased_until, &settlement))
            .await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        let id = *id;
        self.read(move |connection| outbox::load(connection, &id)).await
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = *key;
        self.write(move |connection| pending::put(connection, &key, &sealed, expires_at))
            .await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let key = *key;
        self.read(move |connection| pending::load(connection, &key, now))
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
        self.write(move |connection| pending::swap(connection, &key, &expected, &sealed, now))
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
        self.write(move |connection| pending::claim(connection, &purpose, &id, until, now))
            .await
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        let (purpose, id) = (purpose.to_owned(), *id);
        self.write(move |connection| pending::release(connection, &purpose, &id, until))
            .await
    }

    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError> {
        let from = from.cloned();
        self.read(move |connection| resealing::walk(connection, from.as_ref(), limit))
            .await
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.write(move |connection| resealing::reseal(connection, &before, &after))
            .await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dealt_with = self.deal_with_what_is_left().await;
        let mut total = 0;
        for sql in sweep::TABLES {
            total += self.sweep_table(sql, now).await?;
        }
        dealt_with.map(|()| total)
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        self.read(move |connection| census::count(connection, now)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.write(pending::probe).await?;
        self.read(pending::peek).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
