//! What can be set about a [`SqliteStore`](super::SqliteStore).

use std::{num::NonZeroUsize, thread, time::Duration};

/// Settings of a [`SqliteStore`](super::SqliteStore). The defaults suit one server on one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteSettings {
    /// Threads that read, each with a connection of its own. Default: as many as there are cores.
    pub readers: NonZeroUsize,
    /// How long one call may take, waiting included, before it gives
    /// [`StoreError::Timeout`](crate::store::StoreError::Timeout). Also how long the writer waits for another process
    /// that holds the write lock. Default: 5 seconds.
    pub call_timeout: Duration,
    /// How many calls may wait, for the readers and for the writer each. One more fails at once: a store that has
    /// fallen behind answers quickly instead of holding ever more requests. Default: 4096.
    pub queue_capacity: NonZeroUsize,
    /// The most writes that share one transaction, and so one wait for the disk. Default: 512.
    pub batch: NonZeroUsize,
}

impl Default for SqliteSettings {
    fn default() -> Self {
        Self {
            readers: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            call_timeout: Duration::from_secs(5),
            queue_capacity: const { NonZeroUsize::new(4096).unwrap() },
            batch: const { NonZeroUsize::new(512).unwrap() },
        }
    }
}
