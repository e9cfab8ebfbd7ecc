//! Why a database file could not be opened, and how a fault of the engine becomes a [`StoreError`].

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{ErrorCode, ffi};

use crate::store::StoreError;

/// Why a database file could not be opened. Each message says what is wrong and what mends it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The path names no file: it is empty, a directory, or SQLite's name for a database in memory.
    #[error("{} is not a file name for a session store: name a file, or use the memory store", .path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
    },
    /// The directory of the file does not exist.
    #[error(
        "the directory {} for the session store does not exist: create it, or choose another path",
        .directory.display()
    )]
    DirectoryMissing {
        /// The directory that should hold the file.
        directory: PathBuf,
    },
    /// The file could not be created or opened for writing.
    #[error(
        "the session store {} cannot be opened for writing: let this user write the file and its directory ({source})",
        .path.display()
    )]
    NotWritable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else than an SQLite database, or it is damaged.
    #[error(
        "{} is not an SQLite database, or it is damaged: choose another path, or move the file away to begin with an \
         empty store (everybody then signs in again)",
        .path.display()
    )]
    NotADatabase {
        /// The path as given.
        path: PathBuf,
    },
    /// The database belongs to another program.
    #[error("the database {} belongs to another program: choose another path", .path.display())]
    Foreign {
        /// The path as given.
        path: PathBuf,
    },
    /// A newer version of this program has changed the schema.
    #[error(
        "the session store {} was written by a newer version of this program (schema {found}, known up to {known}): \
         run the newer version, or choose another path",
        .path.display()
    )]
    Newer {
        /// The path as given.
        path: PathBuf,
        /// The schema version of the file.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// An older version of this program has written it, and it was to be used as it is.
    #[error(
        "the session store {} has the form of an older version of this program (schema {found}, now {known}), whose server may \
         still be running: start the present server first, which brings it to the present form",
        .path.display()
    )]
    Older {
        /// The path as given.
        path: PathBuf,
        /// The schema version of the file.
        found: i64,
        /// The schema version of this program.
        known: i64,
    },
    /// The file system cannot share the memory a write-ahead log needs.
    #[error(
        "the session store {} cannot keep a write-ahead log there: choose a path on a local disk",
        .path.display()
    )]
    NoWriteAheadLog {
        /// The path as given.
        path: PathBuf,
    },
    /// A thread could not be started.
    #[error("a thread of the session store could not be started: {0}")]
    Thread(#[source] io::Error),
    /// Any other fault of the engine.
    #[error("the session store {} could not be opened: {source}", .path.display())]
    Engine {
        /// The path as given.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl OpenError {
    /// A fault of the engine, by its kind.
    pub(super) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::NotADatabase { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::NotWritable {
                path,
                source: io::Error::other(source),
            },
            _ => Self::Engine { path, source },
        }
    }
}

/// A fault of the engine while it served a call. Only the insert of a session or of an entry of the outbox can break a
/// uniqueness rule.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    const TAKEN: [i32; 2] = [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_UNIQUE];
    match error.sqlite_error() {
        Some(engine) if TAKEN.contains(&engine.extended_code) => StoreError::Duplicate,
        _ => StoreError::backend(error),
    }
}

/// A fault that befell a whole batch: every caller in it is told the same.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct BatchError(Arc<rusqlite::Error>);

impl From<rusqlite::Error> for BatchError {
    fn from(error: rusqlite::Error) -> Self {
        Self(Arc::new(error))
    }
}
