//! Why a measurement could not be made.

/// What went wrong. A measurement that failed is none: the run ends.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub(crate) struct Fault {
    what: String,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// Something that is not as it must be.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            cause: None,
        }
    }

    /// Something else failed.
    pub(crate) fn because(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        Self {
            what: cause.to_string(),
            cause: Some(cause),
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::because(error)
    }
}

impl From<exeunt::store::StoreError> for Fault {
    fn from(error: exeunt::store::StoreError) -> Self {
        Self::because(error)
    }
}

impl From<tokio::task::JoinError> for Fault {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::because(error)
    }
}
