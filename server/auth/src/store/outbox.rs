//! The outbox: remote work that an end left to be done, durable from the moment of the end.

use super::{Queue, SessionRow};
use crate::clock::Timestamp;

/// One end's remote work. Nothing in it is readable but what the index needs and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Primary key: that of the session it was left by, or random bytes.
    pub id: OutboxId,
    /// Issuer.
    pub iss: String,
    /// Subject.
    pub sub: String,
    /// Why the session ended.
    pub reason: String,
    /// Sealed: the tokens. Empty once the work is over.
    pub sealed: Vec<u8>,
    /// How far it is, in the words of whoever works on it. No secret.
    pub progress: String,
    /// When the session ended.
    pub created_at: Timestamp,
    /// Not tried before this moment.
    pub due_at: Timestamp,
    /// How often it was leased.
    pub attempts: u32,
    /// Until when whoever works on it has it alone.
    pub leased_until: Option<Timestamp>,
    /// The work is over, done or given up; the entry is kept until this moment so that a receipt can tell.
    pub kept_until: Option<Timestamp>,
}

impl OutboxEntry {
    /// What a take at `now` queues for a row that it removed.
    #[must_use]
    pub fn left_by(row: &SessionRow, queue: &Queue, now: Timestamp) -> Self {
        Self {
            id: OutboxId(row.key.0),
            iss: row.iss.clone(),
            sub: row.sub.clone(),
            reason: queue.reason.clone(),
            sealed: row.tokens.clone(),
            progress: String::new(),
            created_at: now,
            due_at: queue.due_at,
            attempts: 0,
            leased_until: None,
            kept_until: None,
        }
    }
}

/// The primary key of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxId(pub [u8; 32]);

impl std::fmt::Debug for OutboxId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutboxId({}…)", super::row::short_hex(&self.0))
    }
}

/// Which entries to lease. Only such as are not over and are not leased to somebody else at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// This one, whether it is due or not.
    One(OutboxId),
    /// So many of those that are due, the longest due first.
    Due(u32),
}

/// What becomes of a leased entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// To be tried again.
    Again {
        /// How far it is.
        progress: String,
        /// When.
        due_at: Timestamp,
    },
    /// It is over: the sealed bytes are wiped.
    Over {
        /// How it ended.
        progress: String,
        /// How long the entry is kept without them.
        kept_until: Timestamp,
    },
}
