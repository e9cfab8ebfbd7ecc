//! Why a database could not be opened, and how a fault of the engine becomes a [`StoreError`].
//!
//! What the driver says of a fault holds the server's DETAIL too, and that may hold a row. So nothing of the driver's gets
//! out of here but the first line of a message and its code.

use std::{error::Error as _, fmt, path::PathBuf, time::Duration};

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

use crate::store::StoreError;

/// Why a database could not be opened. Each message says what is wrong and what mends it; none holds the address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Nobody answers there, or lets nobody in.
    #[error(
        "the database cannot be reached: {0}; see that it runs, takes writes, and lets this user in at that host, port \
         and database name"
    )]
    Connect(Fault),
    /// It does not answer in time.
    #[error(
        "the database did not answer within {0:?}; see that it runs and is not locked by a statement of somebody else"
    )]
    Timeout(Duration),
    /// The file with certificates cannot be read, or holds none.
    #[error("the file {} of sslrootcert holds no certificates in PEM form that can be read: {reason}", .path.display())]
    RootCertificates {
        /// As given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// Too old a server.
    #[error("the server is PostgreSQL {found}; use version {OLDEST} or newer")]
    TooOld {
        /// Its version as it says it itself.
        found: String,
    },
    /// The database cannot hold every character.
    #[error("the database is encoded as {found}; create one with ENCODING 'UTF8'")]
    Encoding {
        /// The encoding.
        found: String,
    },
    /// The schema holds tables of somebody else.
    #[error("the schema {schema} belongs to another program; name another with schema=NAME in the address")]
    Foreign {
        /// Its name.
        schema: String,
    },
    /// A newer version of this program has changed the schema.
    #[error(
        "the schema {schema} was written by a newer version of this program (schema version {found}, known up to \
         {known}): run the newer version, or name another with schema=NAME in the address"
    )]
    Newer {
        /// Its name.
        schema: String,
        /// The version there.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The user may not do what is needed.
    #[error(
        "the user of the database may not set the schema {schema} up: {fault}; let this user create schemas in the \
         database, or create {schema} with this user as its owner"
    )]
    Denied {
        /// Its name.
        schema: String,
        /// What the server said.
        fault: Fault,
    },
    /// Any other fault of the engine.
    #[error("the database could not be opened: {0}")]
    Engine(Fault),
}

/// The oldest major version of PostgreSQL that is good enough.
pub(super) const OLDEST: i32 = 14;

/// What the engine said went wrong: one line and, if it came from the server, its SQLSTATE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    message: String,
    code: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} (SQLSTATE {code})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: None,
        }
    }

    pub(super) fn is(&self, code: &SqlState) -> bool {
        self.code.as_deref() == Some(code.code())
    }
}

impl From<&tokio_postgres::Error> for Fault {
    fn from(error: &tokio_postgres::Error) -> Self {
        if let Some(told) = error.as_db_error() {
            return Self {
                message: told.message().to_owned(),
                code: Some(told.code().code().to_owned()),
            };
        }
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        Self::new(message)
    }
}

/// Why a call failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// A row with this key exists already.
    Duplicate,
    /// It did not come to its end in time.
    Late,
    /// Anything else.
    Fault(Fault),
}

impl Failure {
    pub(super) fn into_store_error(self, call_timeout: Duration) -> StoreError {
        match self {
            Self::Duplicate => StoreError::Duplicate,
            Self::Late => StoreError::Timeout(call_timeout),
            Self::Fault(fault) => StoreError::backend(fault),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        // The server gave a statement, or the wait for a lock, up: by the limits that its connection sets.
        const LATE: [SqlState; 2] = [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE];
        match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::Duplicate,
            Some(code) if LATE.contains(code) => Self::Late,
            _ => Self::Fault(Fault::from(&error)),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
            PoolError::Timeout(_) => Self::Late,
            other => Self::Fault(Fault::new(other.to_string())),
        }
    }
}
