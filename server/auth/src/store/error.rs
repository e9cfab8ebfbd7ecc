//! Why a store could not do what it was asked.

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
