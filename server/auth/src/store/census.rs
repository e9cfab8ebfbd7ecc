//! How much there is in a store, for whoever watches it.

use crate::clock::Timestamp;

/// What [`Store::census`](super::Store::census) counted. Of the whole store: every instance that shares it counts the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Sessions that are living.
    pub sessions: u64,
    /// Entries of the outbox that are not over, leased or not.
    pub outbox_entries: u64,
    /// When the session ended whose entry has waited longest of these. `None` if nothing waits.
    pub outbox_oldest: Option<Timestamp>,
}
