//! What can be set about a [`RedisStore`](super::RedisStore) beside its [address](super::RedisAddress).

use std::{num::NonZeroUsize, time::Duration};

/// Settings of a [`RedisStore`](super::RedisStore). The defaults suit an engine in the same data centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisSettings {
    /// How long it may take to connect to one node, TLS and authentication included. Default: 2 seconds.
    pub connect_timeout: Duration,
    /// How long one call may take, connecting and waiting included, before it gives
    /// [`StoreError::Timeout`](crate::store::StoreError::Timeout). Default: 5 seconds.
    pub call_timeout: Duration,
    /// How many calls may be under way. One more fails at once: a store that has fallen behind answers quickly instead of
    /// holding ever more requests. Default: 4096.
    pub capacity: NonZeroUsize,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            call_timeout: Duration::from_secs(5),
            capacity: const { NonZeroUsize::new(4096).unwrap() },
        }
    }
}
