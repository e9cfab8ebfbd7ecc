//! The suite over two instances on one database, each with connections of its own: every other call goes to the other.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use exeunt::{
    clock::Timestamp,
    store::{
        Begun, Census, Change, EndRecord, Lease, OutboxEntry, OutboxId, PendingKey, Place, PostgresStore,
        SealedColumns, SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken,
        Walked, postgres::PostgresSettings,
    },
};

use super::cluster::Cluster;

exeunt::store_test_suite!(|| async {
    let url = Cluster::shared().url();
    // As two processes that start at once.
    let open = || PostgresStore::open(&url, PostgresSettings::default());
    let (here, there) = tokio::join!(open(), open());
    TwoInstances {
        here: here.unwrap(),
        there: there.unwrap(),
        turn: AtomicBool::new(false),
    }
});

#[derive(Debug)]
struct TwoInstances {
    here: PostgresStore,
    there: PostgresStore,
    turn: AtomicBool,
}

impl TwoInstances {
    fn next(&self) -> &PostgresStore {
        if self.turn.fetch_not(Ordering::Relaxed) {
            &self.there
        } else {
            &self.here
        }
    }
}

#[async_trait]
impl Store for TwoInstances {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        self.next().begin(row, now).await
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        self.next().load(key, now).await
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.next().load_tokens(key, now).await
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        self.next().load_data(key, now).await
    }

    async fn touch(&self, key: &SessionKey, idle: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.next().touch(key, idle, now).await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        self.next().update(key, change, now).await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        self.next().take(take, now).await
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        self.next().list(iss, sub, now).await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        self.next().list_by_sid(iss, sid, now).await
    }

    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError> {
        self.next().walk(from, limit).await
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        self.next().reseal(before, after).await
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        self.next().last_end().await
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        self.next().ends_after(seq, limit).await
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        self.next().list_ends(iss, sub, limit, now).await
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        self.next().load_end(key, now).await
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.next().put_outbox(entry).await
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.next().lease_outbox(which, until, now).await
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        self.next().settle_outbox(id, leased_until, settlement).await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        self.next().load_outbox(id).await
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.next().put_pending(key, sealed, expires_at).await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.next().load_pending(key, now).await
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.next().swap_pending(key, expected, sealed, now).await
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.next().claim(purpose, id, until, now).await
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        self.next().release(purpose, id, until).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.next().sweep(now).await
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        self.next().census(now).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.next().ping().await
    }
}
