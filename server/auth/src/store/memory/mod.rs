//! [`MemoryStore`]: sessions in this process and nowhere else.

use std::{
    fmt,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;

use self::state::State;
use super::{
    Begun, Census, Change, EndRecord, Lease, OutboxEntry, OutboxId, PendingKey, Place, SealedColumns,
};
use super::{SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken, Walked};
use crate::clock::Timestamp;

mod ends;
mod outbox;
mod sessions;
mod state;

/// Sessions in this process: for tests, and for `memory:` where signing everybody out at a restart is acceptable.
///
/// One mutex guards everything, so each method is atomic because nothing else runs; it is never held over an await.
/// Every look-up goes through an index. What is past its time stays until [`Store::sweep`] is called, a session until it
/// is taken: the caller bounds the memory.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A thread that panicked within the lock may have left row and index apart. Then every answer is an error, which
    /// a caller treats as "unknown", instead of a guess.
    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        self.state.lock().map_err(|_poisoned| {
            StoreError::backend("a thread panicked while it changed the sessions in memory")
        })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        self.state()?.begin(row, now)
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        Ok(self.state()?.sessions.living(key, now).map(SessionRow::head))
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .state()?
            .sessions
            .living(key, now)
            .map(|row| row.tokens.clone()))
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        Ok(self
            .state()?
            .sessions
            .living(key, now)
            .map(|row| row.data.clone()))
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.state()?.sessions.touch(key, idle_expires_at, now))
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.state()?.update(key, change, now))
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        Ok(self.state()?.take(take, now))
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        Ok(self.state()?.sessions.list(iss, sub, now))
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        Ok(self.state()?.sessions.list_by_sid(iss, sid, now))
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        Ok(self.state()?.ends.last())
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        Ok(self.state()?.ends.after(seq, limit))
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        Ok(self.state()?.ends.list(iss, sub, limit, now))
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        Ok(self.state()?.ends.load(key, now))
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.state()?.outbox.put(entry)
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        Ok(self.state()?.outbox.lease(which, until, now))
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        Ok(self.state()?.outbox.settle(id, leased_until, settlement))
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        Ok(self.state()?.outbox.get(id).cloned())
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.state()?.put_pending(*key, sealed, expires_at);
        Ok(())
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state()?.load_pending(key, now))
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.state()?.swap_pending(key, expected, sealed, now))
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.state()?.claim(purpose, id, until, now))
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        self.state()?.release(purpose, id, until);
        Ok(())
    }

    /// All at once: they are in memory as they are.
    async fn walk(&self, _from: Option<&Place>, _limit: u32) -> Result<Walked, StoreError> {
        Ok(Walked {
            sessions: self.state()?.sessions.sealed(),
            next: None,
        })
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        Ok(self.state()?.sessions.reseal(before, after))
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.state()?.sweep(now))
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        Ok(self.state()?.census(now))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.state().map(drop)
    }
}

impl fmt::Debug for MemoryStore {
    /// Counts only: rows name people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sessions = self.state.lock().map(|state| state.sessions.count()).ok();
        f.debug_struct("MemoryStore")
            .field("sessions", &sessions)
            .finish()
    }
}
