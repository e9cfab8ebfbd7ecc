//! A store that fails, or waits, when a test says so; otherwise it is the store inside.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use exeunt::{
    clock::Timestamp,
    store::{
        Begun, Change, Lease, OutboxEntry, OutboxId, PendingKey, Selector, SessionHead, SessionKey,
        SessionRow, Settlement, Store, StoreError, Take, Taken,
    },
};
use tokio::sync::Notify;

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Load,
    /// A take by the key of a cookie.
    TakeOne,
    /// Any other take.
    TakeMany,
    List,
    Update,
    Touch,
    PutPending,
    LoadPending,
    SwapPending,
    /// Every call, those that have no name here included.
    Any,
}

/// Where a call waits until the test lets it go on.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) entered: Notify,
    pub(crate) go_on: Notify,
}

/// A store that fails on demand.
#[derive(Debug)]
pub(crate) struct FailingStore {
    inner: Arc<dyn Store>,
    failing: Mutex<Vec<Call>>,
    gate: Mutex<Option<Arc<Gate>>>,
}

impl FailingStore {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            failing: Mutex::default(),
            gate: Mutex::default(),
        })
    }

    /// These calls fail from now on, and no others.
    pub(crate) fn fail(&self, calls: &[Call]) {
        *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = calls.to_vec();
    }

    /// Nothing fails any more.
    pub(crate) fn mend(&self) {
        self.fail(&[]);
    }

    /// The next take of one session waits at the returned gate before anything is removed.
    pub(crate) fn hold_take(&self) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        *self.gate.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&gate));
        gate
    }

    fn check(&self, call: Call) -> Result<(), StoreError> {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if failing.contains(&call) || failing.contains(&Call::Any) {
            Err(StoreError::backend("out of order, as the test wants it"))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Store for FailingStore {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        self.check(Call::Any)?;
        self.inner.begin(row, now).await
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        self.check(Call::Load)?;
        self.inner.load(key, now).await
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.check(Call::Any)?;
        self.inner.load_tokens(key, now).await
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        self.check(Call::Any)?;
        self.inner.load_data(key, now).await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.check(Call::Touch)?;
        self.inner.touch(key, idle_expires_at, now).await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        self.check(Call::Update)?;
        self.inner.update(key, change, now).await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        let one = matches!(take.selector, Selector::Key(_));
        let gate = self
            .gate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take_if(|_| one);
        if let Some(gate) = gate {
            gate.entered.notify_one();
            gate.go_on.notified().await;
        }
        self.check(if one { Call::TakeOne } else { Call::TakeMany })?;
        self.inner.take(take, now).await
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        self.check(Call::List)?;
        self.inner.list(iss, sub, now).await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        self.check(Call::List)?;
        self.inner.list_by_sid(iss, sid, now).await
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.check(Call::Any)?;
        self.inner.put_outbox(entry).await
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.check(Call::Any)?;
        self.inner.lease_outbox(which, until, now).await
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        self.check(Call::Any)?;
        self.inner.settle_outbox(id, leased_until, settlement).await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        self.check(Call::Any)?;
        self.inner.load_outbox(id).await
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.check(Call::PutPending)?;
        self.inner.put_pending(key, sealed, expires_at).await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.check(Call::LoadPending)?;
        self.inner.load_pending(key, now).await
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.check(Call::SwapPending)?;
        self.inner.swap_pending(key, expected, sealed, now).await
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.check(Call::Any)?;
        self.inner.claim(purpose, id, until, now).await
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        self.check(Call::Any)?;
        self.inner.release(purpose, id, until).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.check(Call::Any)?;
        self.inner.sweep(now).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.check(Call::Any)?;
        self.inner.ping().await
    }
}
