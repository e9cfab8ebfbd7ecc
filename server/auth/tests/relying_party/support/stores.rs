//! Every store that a test should hold on.

use std::sync::Arc;

use exeunt::store::{MemoryStore, SqliteStore, Store, sqlite::SqliteSettings};
use tempfile::TempDir;

/// A store, and the directory of its file if it has one.
pub(crate) struct NamedStore {
    pub(crate) name: &'static str,
    pub(crate) store: Arc<dyn Store>,
    _directory: Option<TempDir>,
}

/// A fresh one of each.
pub(crate) fn every_store() -> [NamedStore; 2] {
    let directory = tempfile::tempdir().unwrap();
    let sqlite = SqliteStore::open(directory.path().join("sessions.db"), SqliteSettings::default()).unwrap();
    [
        NamedStore {
            name: "memory",
            store: Arc::new(MemoryStore::new()),
            _directory: None,
        },
        NamedStore {
            name: "sqlite",
            store: Arc::new(sqlite),
            _directory: Some(directory),
        },
    ]
}
