//! Operations of the store.

use ::metrics::histogram;
use tokio::time::Instant;

use super::catalogue;
use crate::store::StoreError;

/// The operations, as the trait [`Store`](crate::store::Store) names them. Waiting for ends is none: it is over when it is over.
pub(crate) const OPERATIONS: [&str; 27] = [
    "begin",
    "load",
    "load_tokens",
    "load_data",
    "touch",
    "update",
    "take",
    "list",
    "list_by_sid",
    "last_end",
    "ends_after",
    "list_ends",
    "load_end",
    "put_outbox",
    "lease_outbox",
    "settle_outbox",
    "load_outbox",
    "put_pending",
    "load_pending",
    "swap_pending",
    "claim",
    "release",
    "walk",
    "reseal",
    "sweep",
    "census",
    "ping",
];

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Failed,
    Timeout,
    Duplicate,
    GivenUp,
}

impl Outcome {
    pub(super) const ALL: [Self; 5] = [
        Self::Ok,
        Self::Failed,
        Self::Timeout,
        Self::Duplicate,
        Self::GivenUp,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Duplicate => "duplicate",
            Self::GivenUp => "given_up",
        }
    }

    const fn of<T>(result: &Result<T, StoreError>) -> Self {
        match result {
            Ok(_) => Self::Ok,
            Err(StoreError::Backend(_)) => Self::Failed,
            Err(StoreError::Timeout(_)) => Self::Timeout,
            Err(StoreError::Duplicate) => Self::Duplicate,
        }
    }
}

/// An operation under way. Dropped, it counts as given up: whoever asked does not wait any longer.
#[derive(Debug)]
pub(crate) struct StoreOperation {
    name: &'static str,
    began: Instant,
    outcome: Outcome,
}

impl StoreOperation {
    /// `name`: one of [`OPERATIONS`].
    pub(crate) fn begin(name: &'static str) -> Self {
        Self {
            name,
            began: Instant::now(),
            outcome: Outcome::GivenUp,
        }
    }

    pub(crate) fn end<T>(mut self, result: &Result<T, StoreError>) {
        self.outcome = Outcome::of(result);
    }
}

impl Drop for StoreOperation {
    fn drop(&mut self) {
        histogram!(
            catalogue::STORE_OPERATIONS.name,
            "operation" => self.name,
            "outcome" => self.outcome.as_str()
        )
        .record(self.began.elapsed());
    }
}
