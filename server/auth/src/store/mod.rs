//! Where sessions are kept: the [`Store`] trait, its rows, and the stores.
//!
//! A store keeps *sealed* bytes: it never sees a usable cookie value (only its hash, [`SessionKey`]) and no plaintext
//! token or claim. What it does read is the index: issuer, subject and the provider's session id.
//!
//! Three rules make a dead session stay dead, and the test suite (`store_test_suite!`) checks them on every store:
//!
//! 1. Only [`Store::begin`] creates a row. Everything else changes what exists, or reports that nothing does.
//! 2. [`Store::take`] removes row and index entries and writes the not-before mark in one atomic step.
//! 3. [`Store::begin`] compares the start of the login attempt with those marks in the same atomic step as the insert.

use std::time::Duration;

use async_trait::async_trait;

use crate::clock::Timestamp;

mod again;
mod census;
mod end;
mod error;
mod mark;
mod measured;
mod memory;
mod outbox;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "redis")]
pub mod redis;
mod row;
mod selector;
pub mod sqlite;
#[cfg(feature = "test-suite")]
pub mod suite;
mod walk;

#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub(crate) use again::again_if_it_fails;
pub use census::Census;
pub use end::{EXPIRED, EndRecord, Farewell};
pub use error::StoreError;
pub use mark::Mark;
pub use measured::MeasuredStore;
pub use memory::MemoryStore;
pub use outbox::{Lease, OutboxEntry, OutboxId, Settlement};
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use row::{Change, FormerSid, NewSid, PendingKey, SessionHead, SessionKey, SessionRow};
pub use selector::{MarkRule, Once, Person, Queue, Selector, SidSubject, Take, Taken};
pub use sqlite::SqliteStore;
pub use walk::{Place, SealedColumns, Walked};

/// What [`Store::begin`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The row exists now.
    Created,
    /// A not-before mark refuses this login attempt. Nothing was written.
    Refused,
}

/// How long an expired row stays takeable: within this time a POST logout with its cookie can still learn where the
/// provider's session is ended (invariant I3). It is never *loaded* as of a moment after its expiry.
pub const RETENTION: Duration = Duration::from_secs(10 * 60);

/// How long a not-before mark is kept: the lifetime of a login attempt (10 minutes) and five minutes more.
pub const MARK_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A place where sessions are kept. Every method is one atomic step; what it reports is durable when it returns.
///
/// "Living" means: `now` is before both `idle_expires_at` and `absolute_expires_at`.
#[async_trait]
pub trait Store: std::fmt::Debug + Send + Sync + 'static {
    /// Creates a session, unless a not-before mark of its (iss, sub) or (iss, sid) stands at or after
    /// [`SessionRow::login_started_at`]. A mark counts only for [`MARK_LIFETIME`] after it was written. A key or public id that is in use is
    /// refused ([`StoreError::Duplicate`]); one of a session that ended may be too, as long as its end is remembered.
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError>;

    /// The living session with this key. `now` is taken as it is given, also where it lies up to [`RETENTION`] back: then
    /// a session that expired since is told.
    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError>;

    /// The sealed tokens of the living session with this key.
    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError>;

    /// The sealed app data of the living session with this key: outer `None` if there is no such session.
    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError>;

    /// Moves the idle limit of a living session (never beyond its absolute limit) and notes its use. False if it is dead.
    ///
    /// Neither the idle limit nor the last use moves backwards. Of two racing touches the later limit wins whatever the
    /// order they arrive in. When the clock jumps back, a shorter limit would sign out a person who is at work as soon as
    /// the clock is put right; kept, the session stays at most the length of the jump longer, and the absolute limit,
    /// which nothing moves, still ends it.
    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Changes a living session. False if it is dead, or if the `sid` it is to have has ended since that was asked for
    /// ([`NewSid::asked_at`]): then nothing was written.
    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes the selected sessions with their index entries, writes the marks (moment: `now`), queues their tokens, notes
    /// their ends down, and returns what was removed: all in one step, and nothing of it if [`Take::once`] was done before.
    ///
    /// Of very many sessions of one person ([`Selector::Subject`] with [`Take::farewell`]) a store may queue the tokens and
    /// give the end records their places a little later, piece by piece, so that nobody waits for it. That it will, even if the
    /// process is killed, is certain with the step, as is all else; [`Store::sweep`] leaves nothing of it undone.
    ///
    /// Rows that expired less than [`RETENTION`] ago are removed and returned too (the caller compares limits). Of those
    /// that expired earlier only [`Selector::Expired`] returns any; other selectors leave them to it.
    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError>;

    /// The living sessions of one person, newest first.
    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError>;

    /// The living sessions of one provider session, those included that had this sid until a moment ago; newest first.
    async fn list_by_sid(&self, iss: &str, sid: &str, now: Timestamp)
    -> Result<Vec<SessionHead>, StoreError>;

    /// A place that no end record lies after so far, and every one to come does.
    async fn last_end(&self) -> Result<i64, StoreError>;

    /// The end records after this place, in order, so many at most: how another process learns what ended. None becomes
    /// visible after one of a greater place did.
    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError>;

    /// Waits until an end may have been noted that [`Self::ends_after`] did not tell yet, at most so long. A hint and no
    /// more: whoever waits reads on either way. A store whose engine tells it of changes comes back as soon as it is told.
    async fn wait_for_ends(&self, at_most: Duration) {
        tokio::time::sleep(at_most).await;
    }

    /// The last sessions of one person that ended and whose records are not past their time; the newest end first.
    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError>;

    /// How the session with this key ended, if its record is not past its time.
    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError>;

    /// Queues remote work that no take left: tokens that arrived after their session had ended.
    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError>;

    /// Leases entries until `until`: nobody else gets them before. Counts the attempt. Returns them as they are now.
    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Ends a lease. False if it is not held any more (`leased_until` is the moment it was leased until): then nothing was
    /// written, and somebody else settles it.
    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError>;

    /// Reads an entry, one that is over included.
    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError>;

    /// Writes a pending row; one with the same key is replaced.
    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Reads a pending row that has not expired.
    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces a pending row only if it still holds exactly `expected`; its expiry stays. False if it does not.
    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Remembers `id` under `purpose` until `until`. False if it is remembered already (and `now` is before its time).
    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets a claim before its time, only if it stands until exactly `until`: somebody else's later one stays.
    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError>;

    /// Some of all sessions, whoever they are of, in an order of the store's own: from `from` on (`None`: from the beginning),
    /// about so many. Whoever goes on until there is no [`Walked::next`] has seen each session that was there all the while
    /// at least once.
    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError>;

    /// Replaces all that is sealed in a session's row, only if it still holds exactly `before`. Nothing else changes. False
    /// if it does not, or there is no such row: then nothing was written.
    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError>;

    /// Removes what is past its time: pending rows, marks, claims, entries of the outbox that are over, end records. Sessions
    /// are not among them: they end by a take of [`Selector::Expired`]. Returns how many rows went.
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// How much there is. For whoever watches the store, every few seconds: what it costs must not hinder who signs in or out.
    async fn census(&self, now: Timestamp) -> Result<Census, StoreError>;

    /// Whether the store can be read and written at present.
    async fn ping(&self) -> Result<(), StoreError>;
}
