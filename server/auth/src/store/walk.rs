//! Going over all sessions, and sealing them anew on the way.

use super::SessionKey;

/// What is sealed in one session's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedColumns {
    /// See [`SessionRow::key`](super::SessionRow::key).
    pub key: SessionKey,
    /// See [`SessionRow::device`](super::SessionRow::device).
    pub device: Vec<u8>,
    /// See [`SessionRow::identity`](super::SessionRow::identity).
    pub identity: Vec<u8>,
    /// See [`SessionRow::tokens`](super::SessionRow::tokens).
    pub tokens: Vec<u8>,
    /// See [`SessionRow::data`](super::SessionRow::data).
    pub data: Option<Vec<u8>>,
}

/// Some of all sessions, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// These; of living sessions and of those that expired and were not taken yet.
    pub sessions: Vec<SealedColumns>,
    /// From here on there may be more; `None`: this was the end.
    pub next: Option<Place>,
}

/// A place on the way over all sessions, in whatever form the store likes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub Vec<u8>);
