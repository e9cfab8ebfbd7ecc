//! A store that fails, or waits, when a test says so; otherwise it is the store inside.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use exeunt::{
    clock::Timestamp,
    store::{
        Begun, Census, Change, EndRecord, Lease, OutboxEntry, OutboxId, PendingKey, Place, SealedColumns,
        Selector, SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken, Walked,
    },
};
use tokio::sync::Notify;

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Begin,
    /// A begin that is done: its caller does not hear of it.
    Begun,
    Claim,
    Load,
    LoadTokens,
    /// A take by the key of a cookie.
    TakeOne,
    /// Any other take.
    TakeMany,
    List,
    /// Whatever reads end records.
    Ends,
    Update,
    Touch,
    PutPending,
    LoadPending,
    SwapPending,
    /// Every call, those that have no name here included.
    Any,
}

/// What can be made to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A begin that has not begun.
    Begin,
    /// A begin that is done, before its caller hears of it.
    Begun,
    /// A take of one session, before anything is removed.
    Take,
    /// A census that has not begun.
    Census,
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
    failing_once: Mutex<Vec<Call>>,
    gates: Mutex<Vec<(Hold, Arc<Gate>)>>,
    dither: AtomicU64,
    entered: Mutex<Vec<Call>>,
    claims: AtomicUsize,
    claim_refused: Notify,
    released: Notify,
}

impl FailingStore {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            failing: Mutex::default(),
            failing_once: Mutex::default(),
            gates: Mutex::default(),
            dither: AtomicU64::new(0),
            entered: Mutex::default(),
            claims: AtomicUsize::new(0),
            claim_refused: Notify::new(),
            released: Notify::new(),
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
        self.hold(Hold::Take)
    }

    /// The next call of this kind waits at the returned gate.
    pub(crate) fn hold(&self, what: Hold) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        self.gates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((what, Arc::clone(&gate)));
        gate
    }

    async fn wait_at(&self, what: Hold) {
        let gate = {
            let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
            let place = gates.iter().position(|(held, _)| *held == what);
            place.map(|place| gates.remove(place).1)
        };
        if let Some(gate) = gate {
            gate.entered.notify_one();
            gate.go_on.notified().await;
        }
    }

    /// This call fails the next time.
    pub(crate) fn fail_once(&self, call: Call) {
        self.failing_once
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
    }

    /// Every call waits for a few turns of the others first, as this seed decides; 0: no more.
    pub(crate) fn dither(&self, seed: u64) {
        self.dither.store(seed, Ordering::SeqCst);
    }

    /// How many calls of this kind there were.
    pub(crate) fn entered(&self, call: Call) -> usize {
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.iter().filter(|entered| **entered == call).count()
    }

    /// How many claims there were.
    pub(crate) fn claims(&self) -> usize {
        self.claims.load(Ordering::SeqCst)
    }

    /// Until a claim was refused.
    pub(crate) async fn claim_refused(&self) {
        self.claim_refused.notified().await;
    }

    /// Until a claim was given back.
    pub(crate) async fn released(&self) {
        self.released.notified().await;
    }

    async fn enter(&self, call: Call) -> Result<(), StoreError> {
        self.entered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
        self.linger().await;
        self.check(call)
    }

    async fn linger(&self) {
        let seed = self.dither.load(Ordering::SeqCst);
        if seed != 0 {
            let next = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            self.dither.store(next, Ordering::SeqCst);
            for _ in 0..(next >> 33) % 8 {
                tokio::task::yield_now().await;
            }
        }
    }

    fn check(&self, call: Call) -> Result<(), StoreError> {
        let mut once = self.failing_once.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = once.iter().position(|failing| *failing == call) {
            once.remove(place);
            return Err(StoreError::backend("out of order once, as the test wants it"));
        }
        drop(once);
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
        self.enter(Call::Begin).await?;
        self.wait_at(Hold::Begin).await;
        let begun = self.inner.begin(row, now).await;
        self.wait_at(Hold::Begun).await;
        self.check(Call::Begun)?;
        begun
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        self.enter(Call::Load).await?;
        let head = self.inner.load(key, now).await;
        // What was read may be old when it arrives.
        self.linger().await;
        head
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.enter(Call::LoadTokens).await?;
        self.inner.load_tokens(key, now).await
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        self.enter(Call::Any).await?;
        self.inner.load_data(key, now).await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.enter(Call::Touch).await?;
        self.inner.touch(key, idle_expires_at, now).await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        self.enter(Call::Update).await?;
        self.inner.update(key, change, now).await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        let one = matches!(take.selector, Selector::Key(_));
        if one {
            self.wait_at(Hold::Take).await;
        }
        self.enter(if one { Call::TakeOne } else { Call::TakeMany })
            .await?;
        self.inner.take(take, now).await
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        self.enter(Call::List).await?;
        self.inner.list(iss, sub, now).await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        self.enter(Call::List).await?;
        self.inner.list_by_sid(iss, sid, now).await
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        self.enter(Call::Ends).await?;
        self.inner.last_end().await
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        self.enter(Call::Ends).await?;
        self.inner.ends_after(seq, limit).await
    }

    async fn wait_for_ends(&self, at_most: std::time::Duration) {
        self.inner.wait_for_ends(at_most).await;
    }

    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError> {
        self.enter(Call::List).await?;
        self.inner.walk(from, limit).await
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        self.enter(Call::Update).await?;
        self.inner.reseal(before, after).await
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        self.enter(Call::Ends).await?;
        self.inner.list_ends(iss, sub, limit, now).await
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        self.enter(Call::Ends).await?;
        self.inner.load_end(key, now).await
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        self.enter(Call::Any).await?;
        self.inner.put_outbox(entry).await
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.enter(Call::Any).await?;
        self.inner.lease_outbox(which, until, now).await
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        self.enter(Call::Any).await?;
        self.inner.settle_outbox(id, leased_until, settlement).await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        self.enter(Call::Any).await?;
        self.inner.load_outbox(id).await
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.enter(Call::PutPending).await?;
        self.inner.put_pending(key, sealed, expires_at).await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        self.enter(Call::LoadPending).await?;
        self.inner.load_pending(key, now).await
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.enter(Call::SwapPending).await?;
        self.inner.swap_pending(key, expected, sealed, now).await
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.enter(Call::Claim).await?;
        self.claims.fetch_add(1, Ordering::SeqCst);
        let claimed = self.inner.claim(purpose, id, until, now).await?;
        if !claimed {
            self.claim_refused.notify_one();
        }
        Ok(claimed)
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        self.enter(Call::Any).await?;
        self.inner.release(purpose, id, until).await?;
        self.released.notify_one();
        Ok(())
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.enter(Call::Any).await?;
        self.inner.sweep(now).await
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        self.wait_at(Hold::Census).await;
        self.enter(Call::Any).await?;
        self.inner.census(now).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.enter(Call::Any).await?;
        self.inner.ping().await
    }
}
