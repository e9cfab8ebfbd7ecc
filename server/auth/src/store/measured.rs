//! [`MeasuredStore`]: any store, with each operation measured and traced.

use std::{future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use tracing::Instrument as _;

use super::{
    Begun, Census, Change, EndRecord, Lease, OutboxEntry, OutboxId, PendingKey, Place, SealedColumns,
};
use super::{SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken, Walked};
use crate::{clock::Timestamp, metrics::StoreOperation};

/// The store inside, whose operations are measured ([`metrics`](crate::metrics)) and are spans at the level `debug`, named by
/// the [conventions of OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/database/database-spans/). What they are
/// given and what they answer stands in neither.
#[derive(Debug)]
pub struct MeasuredStore {
    inner: Arc<dyn Store>,
    system: &'static str,
}

impl MeasuredStore {
    /// Around this store. `system`: its engine, as the conventions call it, `sqlite` for example.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, system: &'static str) -> Self {
        Self { inner, system }
    }

    async fn measure<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let measured = StoreOperation::begin(operation);
        let span = tracing::debug_span!(
            target: "exeunt::store",
            "store",
            otel.name = operation,
            otel.kind = "client",
            db.system.name = self.system,
            db.operation.name = operation,
        );
        let result = work.instrument(span).await;
        measured.end(&result);
        result
    }
}

#[async_trait]
impl Store for MeasuredStore {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        self.measure("begin", self.inner.begin(row, now)).await
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        self.measure("load", self.inner.load(key, now)).await
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.measure("load_tokens", self.inner.load_tokens(key, now))
            .await
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        self.measure("load_data", self.inner.load_data(key, now)).await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.measure("touch", self.inner.touch(key, idle_expires_at, now))
            .await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        self.measure("update", self.inner.update(key, change, now)).await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        self.measure("take", self.inner.take(take, now)).await
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        self.measure("list", self.inner.list(iss, sub, now)).await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        self.measure("list_by_sid", self.inner.list_by_sid(iss, sid, now))
            .await
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        self.measure("last_end", self.inner.last_end()).await
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        self.measure("ends_after", self.inner.ends_after(seq, limit))
            .await
    }

    async fn wait_for_ends(&self, at_most: Duration) {
        self.inner.wait_for_ends(at_most).await;
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        self.measure("list_ends", self.inner.list_ends(iss, sub, limit, now))
            .await
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        self.measure("load_end", self.inner.load_end(key, now)).await
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.measure("put_outbox", self.inner.put_outbox(entry)).await
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.measure("lease_outbox", self.inner.lease_outbox(which, until, now))
            .await
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        let work = self.inner.settle_outbox(id, leased_until, settlement);
        self.measure("settle_outbox", work).await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        self.measure("load_outbox", self.inner.load_outbox(id)).await
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.measure("put_pending", self.inner.put_pending(key, sealed, expires_at))
            .await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.measure("load_pending", self.inner.load_pending(key, now))
            .await
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let work = self.inner.swap_pending(key, expected, sealed, now);
        self.measure("swap_pending", work).await
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.measure("claim", self.inner.claim(purpose, id, until, now))
            .await
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        self.measure("release", self.inner.release(purpose, id, until))
            .await
    }

    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError> {
        self.measure("walk", self.inner.walk(from, limit)).await
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        self.measure("reseal", self.inner.reseal(before, after)).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.measure("sweep", self.inner.sweep(now)).await
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        self.measure("census", self.inner.census(now)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.measure("ping", self.inner.ping()).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::metrics::OPERATIONS;

    /// A method with a default would otherwise be forgotten here without anybody noticing, as would a misspelled name.
    #[test]
    fn every_operation_of_the_trait_is_handed_on_and_measured_by_its_name() {
        let methods = |source: &'static str| -> BTreeSet<&str> {
            let lines = source
                .lines()
                .filter_map(|line| line.strip_prefix("    async fn "));
            lines.filter_map(|line| line.split(['(', '<']).next()).collect()
        };
        let of_the_trait = methods(include_str!("mod.rs"));
        let mut here = methods(include_str!("measured.rs"));
        here.remove("measure");
        assert_eq!(here, of_the_trait);
        for method in of_the_trait {
            let source = include_str!("measured.rs");
            let inner = format!("self.inner.{method}(");
            assert_eq!(source.matches(&inner).count(), 1, "{inner}");
            let is_measured = source.contains(&format!("self.measure(\"{method}\", "));
            assert_eq!(is_measured, method != "wait_for_ends", "{method}");
            assert_eq!(OPERATIONS.contains(&method), is_measured, "{method}");
        }
    }
}
