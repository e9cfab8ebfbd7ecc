//! What can be set about a [`PostgresStore`](super::PostgresStore).

use std::{num::NonZeroUsize, time::Duration};

/// Settings of a [`PostgresStore`](super::PostgresStore). The defaults suit a few instances on one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresSettings {
    /// The most connections that answer calls. One more listens for ends, once somebody waits for them. Default: 16.
    pub connections: NonZeroUsize,
    /// How many calls may wait for a connection. One more fails at once: a store that has fallen behind answers quickly
    /// instead of holding ever more requests. Default: 4096.
    pub queue_capacity: NonZeroUsize,
    /// How long one call may take, waiting for a connection included, before it gives
    /// [`StoreError::Timeout`](crate::store::StoreError::Timeout). The server gives a statement up that takes as long.
    /// Default: 5 seconds.
    pub call_timeout: Duration,
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self {
            connections: const { NonZeroUsize::new(16).unwrap() },
            queue_capacity: const { NonZeroUsize::new(4096).unwrap() },
            call_timeout: Duration::from_secs(5),
        }
    }
}
