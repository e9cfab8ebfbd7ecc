//! What a store keeps: the keys, one session's row, and a change to it.

use super::RETENTION;
use crate::clock::Timestamp;

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
    /// The sid it had before, if the provider changed it; still good for an end for a while.
    pub former_sid: Option<FormerSid>,
    /// When the login attempt started whose end began this session.
    pub login_started_at: Timestamp,
    /// When the login ended and this session began.
    pub created_at: Timestamp,
    /// Last time the session was extended.
    pub last_used_at: Timestamp,
    /// Dead from this moment on unless extended.
    pub idle_expires_at: Timestamp,
    /// Dead from this moment on whatever happens.
    pub absolute_expires_at: Timestamp,
    /// Sealed: what a person recognises the browser by. Empty if that was never noted. Goes on in the [end record].
    ///
    /// [end record]: super::EndRecord
    pub device: Vec<u8>,
    /// Sealed: what every request needs. A few hundred bytes.
    pub identity: Vec<u8>,
    /// Sealed: the tokens. Read only when used.
    pub tokens: Vec<u8>,
    /// Sealed: the app's own data, if it stored any.
    pub data: Option<Vec<u8>>,
}

/// A provider's session id that was replaced by another in a refreshed ID token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerSid {
    /// The former one.
    pub sid: String,
    /// From this moment on it selects nothing any more.
    pub until: Timestamp,
}

/// What [`Store::load`](super::Store::load) reads: a [`SessionRow`] without tokens and data.
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
    /// See [`SessionRow::device`].
    pub device: Vec<u8>,
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
    /// A new provider's session id. The one it had stays good for ends until the given moment.
    pub sid: Option<NewSid>,
    /// The absolute limit moves to this moment if it lies later, and the idle limit with it.
    pub absolute_at_most: Option<Timestamp>,
}

/// A provider's session id that takes the place of the one a session had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSid {
    /// The new one.
    pub sid: String,
    /// How long the former one still selects the session.
    pub former_until: Timestamp,
    /// When the provider was asked for what brought it. An end of the new sid that came since refuses the whole change: the session
    /// belongs to what has ended, and it was not found because its row did not say so yet.
    pub asked_at: Timestamp,
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
            device: self.device.clone(),
            identity: self.identity.clone(),
        }
    }

    /// Whether the session was living at `now`.
    #[must_use]
    pub fn is_living(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// The earlier of the two limits: from this moment on the session is dead.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.idle_expires_at.min(self.absolute_expires_at)
    }

    /// Whether a take at `now` that does not ask for expired ones returns the row: it is living, or it expired less than
    /// [`RETENTION`] ago.
    #[must_use]
    pub fn is_takeable(&self, now: Timestamp) -> bool {
        now < self.ends_at() + RETENTION
    }
}

/// The first four bytes in hexadecimal: enough to tell rows apart in a log, too little to be one.
pub(super) fn short_hex(bytes: &[u8; 32]) -> String {
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
