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

mod memory;
pub mod sqlite;
#[cfg(feature = "test-suite")]
pub mod suite;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

/// The primary key of a session: SHA-256 of the cookie's value. Whoever reads the store cannot make a cookie of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey(pub [u8; 32]);

/// The key of a pending row: SHA-256 of the random value in the cookie that belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PendingKey(pub [u8; 32]);

/// One session as it is begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Primary key.
    pub key: SessionKey,
    /// The random identifier that may be shown (session list, logs). Unique; not derived from the cookie.
    pub public_id: String,
    /// Issuer, exactly as in the ID token.
    pub iss: String,
    /// Subject at that issuer.
    pub sub: String,
    /// The provider's session id, if it told us one. Unique only together with `iss`.
    pub sid: Option<String>,
    /// When the login ended and this session began.
    pub created_at: Timestamp,
    /// Last time the session was extended.
    pub last_used_at: Timestamp,
    /// Dead from this moment on unless extended.
    pub idle_expires_at: Timestamp,
    /// Dead from this moment on whatever happens.
    pub absolute_expires_at: Timestamp,
    /// Sealed: what every request needs. A few hundred bytes.
    pub identity: Vec<u8>,
    /// Sealed: the tokens. Read only when used.
    pub tokens: Vec<u8>,
    /// Sealed: the app's own data, if it stored any.
    pub data: Option<Vec<u8>>,
}

/// What [`Store::load`] reads: a [`SessionRow`] without tokens and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHead {
    /// See [`SessionRow::key`].
    pub key: SessionKey,
    /// See [`SessionRow::public_id`].
    pub public_id: String,
    /// See [`SessionRow::iss`].
    pub iss: String,
    /// See [`SessionRow::sub`].
    pub sub: String,
    /// See [`SessionRow::sid`].
    pub sid: Option<String>,
    /// See [`SessionRow::created_at`].
    pub created_at: Timestamp,
    /// See [`SessionRow::last_used_at`].
    pub last_used_at: Timestamp,
    /// See [`SessionRow::idle_expires_at`].
    pub idle_expires_at: Timestamp,
    /// See [`SessionRow::absolute_expires_at`].
    pub absolute_expires_at: Timestamp,
    /// See [`SessionRow::identity`].
    pub identity: Vec<u8>,
}

/// A change to a living session: only what is `Some` is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// New sealed identity.
    pub identity: Option<Vec<u8>>,
    /// New sealed tokens.
    pub tokens: Option<Vec<u8>>,
    /// New sealed app data.
    pub data: Option<Vec<u8>>,
}

/// Which sessions to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The session of one cookie.
    Key(SessionKey),
    /// All sessions of one provider session.
    Sid {
        /// Issuer.
        iss: String,
        /// The provider's session id.
        sid: String,
    },
    /// All sessions of one person at one issuer.
    Subject {
        /// Issuer.
        iss: String,
        /// Subject.
        sub: String,
    },
    /// One session by its public id, only if it belongs to that person.
    PublicId {
        /// Issuer.
        iss: String,
        /// Subject.
        sub: String,
        /// Public id.
        public_id: String,
    },
}

/// Which not-before marks a take writes, beside removing the rows. A login attempt that started at or before the
/// mark's moment cannot begin a session any more; one that started later can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkRule {
    /// None: the replacement of an old session at login.
    None,
    /// One for (iss, sid) of each row taken that has a sid; and for the selector's own (iss, sid) even if no row matched.
    Sid,
    /// One for (iss, sub) of each row taken; and for the selector's own (iss, sub) even if no row matched.
    Subject,
}

/// What [`Store::begin`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The row exists now.
    Created,
    /// A not-before mark refuses this login attempt. Nothing was written.
    Refused,
}

/// Why a store could not do what it was asked. The session's state is unknown afterwards unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store did not answer, or answered with a fault of its own.
    #[error("the session store failed: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It did not answer in time.
    #[error("the session store did not answer within {0:?}")]
    Timeout(std::time::Duration),
    /// A row with this key or public id exists already. With 256 random bits: a fault of the caller.
    #[error("a session with this key exists already")]
    Duplicate,
}

impl StoreError {
    /// Wraps a fault of the engine.
    pub fn backend(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Backend(error.into())
    }
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
    async fn begin(&self, row: SessionRow, attempt_started_at: Timestamp, now: Timestamp) -> Result<Begun, StoreError>;

    /// The living session with this key.
    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError>;

    /// The sealed tokens of the living session with this key.
    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError>;

    /// The sealed app data of the living session with this key: outer `None` if there is no such session.
    async fn load_data(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Option<Vec<u8>>>, StoreError>;

    /// Moves the idle limit of a living session (never beyond its absolute limit) and notes its use. False if it is dead.
    async fn touch(&self, key: &SessionKey, idle_expires_at: Timestamp, now: Timestamp) -> Result<bool, StoreError>;

    /// Changes a living session. False if it is dead: then nothing was written.
    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes the selected sessions with their index entries, writes the marks (moment: `now`), and returns what was
    /// removed. Rows that expired less than [`RETENTION`] ago are removed and returned too (the caller compares limits).
    async fn take(&self, selector: &Selector, marks: MarkRule, now: Timestamp) -> Result<Vec<SessionRow>, StoreError>;

    /// The living sessions of one person, newest first.
    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError>;

    /// Writes a pending row; one with the same key is replaced.
    async fn put_pending(&self, key: &PendingKey, sealed: Vec<u8>, expires_at: Timestamp) -> Result<(), StoreError>;

    /// Reads a pending row that has not expired.
    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces a pending row only if it still holds exactly `expected`; its expiry stays. False if it does not.
    async fn swap_pending(&self, key: &PendingKey, expected: &[u8], sealed: Vec<u8>, now: Timestamp) -> Result<bool, StoreError>;

    /// Remembers `id` under `purpose` until `until`. False if it is remembered already (and `now` is before its time).
    async fn claim(&self, purpose: &str, id: &[u8; 32], until: Timestamp, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes what is past its time: sessions (with their index) [`RETENTION`] after expiry, pending rows, marks, claims.
    async fn sweep(&self, now: Timestamp) -> Result<Swept, StoreError>;

    /// Whether the store can be read and written at present.
    async fn ping(&self) -> Result<(), StoreError>;
}

impl SessionRow {
    /// The row without tokens and data.
    #[must_use]
    pub fn head(&self) -> SessionHead {
        SessionHead {
            key: self.key,
            public_id: self.public_id.clone(),
            iss: self.iss.clone(),
            sub: self.sub.clone(),
            sid: self.sid.clone(),
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            idle_expires_at: self.idle_expires_at,
            absolute_expires_at: self.absolute_expires_at,
            identity: self.identity.clone(),
        }
    }

    /// Whether the session was living at `now`.
    #[must_use]
    pub fn is_living(&self, now: Timestamp) -> bool {
        now < self.idle_expires_at && now < self.absolute_expires_at
    }
}

/// The first four bytes in hexadecimal: enough to tell rows apart in a log, too little to be one.
fn short_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKey({}…)", short_hex(&self.0))
    }
}

impl std::fmt::Debug for PendingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PendingKey({}…)", short_hex(&self.0))
    }
}
