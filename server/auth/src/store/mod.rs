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

use async_trait::async_trait;

use crate::clock::Timestamp;

mod error;
mod mark;
mod memory;
mod row;
mod selector;
pub mod sqlite;
#[cfg(feature = "test-suite")]
pub mod suite;

pub use error::StoreError;
pub use mark::Mark;
pub use memory::MemoryStore;
pub use row::{Change, PendingKey, SessionHead, SessionKey, SessionRow};
pub use selector::{MarkRule, Selector};
pub use sqlite::SqliteStore;

/// What [`Store::begin`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The row exists now.
    Created,
    /// A not-before mark refuses this login attempt. Nothing was written.
    Refused,
}

/// How long an expired row stays takeable: within this time a POST logout with its cookie can still learn where the
/// provider's session is ended (invariant I3). It is never *loaded* after its expiry.
pub const RETENTION: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// How long a not-before mark is kept: the lifetime of a login attempt (10 minutes) and five minutes more.
pub const MARK_LIFETIME: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// How many rows [`Store::sweep`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions past their expiry and [`RETENTION`].
    pub sessions: u64,
    /// Pending rows, marks and claims past their time.
    pub others: u64,
}

/// A place where sessions are kept. Every method is one atomic step; what it reports is durable when it returns.
///
/// "Living" means: `now` is before both `idle_expires_at` and `absolute_expires_at`.
#[async_trait]
pub trait Store: std::fmt::Debug + Send + Sync + 'static {
    /// Creates a session, unless a not-before mark of its (iss, sub) or (iss, sid) stands at or after
    /// `attempt_started_at`. A mark counts only for [`MARK_LIFETIME`] after it was written.
    async fn begin(
        &self,
        row: SessionRow,
        attempt_started_at: Timestamp,
        now: Timestamp,
    ) -> Result<Begun, StoreError>;

    /// The living session with this key.
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

    /// Changes a living session. False if it is dead: then nothing was written.
    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes the selected sessions with their index entries, writes the marks (moment: `now`), and returns what was
    /// removed. Rows that expired less than [`RETENTION`] ago are removed and returned too (the caller compares limits).
    async fn take(
        &self,
        selector: &Selector,
        marks: MarkRule,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StoreError>;

    /// The living sessions of one person, newest first.
    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError>;

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

    /// Removes what is past its time: sessions (with their index) [`RETENTION`] after expiry, pending rows, marks, claims.
    async fn sweep(&self, now: Timestamp) -> Result<Swept, StoreError>;

    /// Whether the store can be read and written at present.
    async fn ping(&self) -> Result<(), StoreError>;
}
