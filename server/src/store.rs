//! From the choice of a store to the store: one arm for each engine.

use std::sync::Arc;

use exeunt::{
    config::StoreChoice,
    store::{
        MemoryStore, PostgresStore, SqliteStore, Store,
        postgres::{self, PostgresSettings},
        sqlite::{self, SqliteSettings},
    },
};

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The SQLite file cannot be used.
    #[error(transparent)]
    Sqlite(#[from] sqlite::OpenError),
    /// The PostgreSQL database cannot be used.
    #[error(transparent)]
    Postgres(#[from] postgres::OpenError),
}

/// Opens it, and makes it if it is not there.
pub(crate) async fn open(choice: &StoreChoice) -> Result<Arc<dyn Store>, OpenError> {
    Ok(match choice {
        StoreChoice::Memory => Arc::new(MemoryStore::new()),
        StoreChoice::Sqlite(path) => Arc::new(SqliteStore::open(path, SqliteSettings::default())?),
        StoreChoice::Postgres(url) => Arc::new(PostgresStore::open(url, PostgresSettings::default()).await?),
    })
}
