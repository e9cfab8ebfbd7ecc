//! From the choice of a store to one that is open: one arm for each engine.

use std::sync::Arc;

use exeunt::{
    config::StoreChoice,
    store::{
        MemoryStore, RedisStore, SqliteStore, Store,
        redis::{self, RedisSettings},
        sqlite::{self, SqliteSettings},
    },
};

/// Why a store could not be opened. None of them repeats an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The SQLite file cannot be used.
    #[error(transparent)]
    Sqlite(#[from] sqlite::OpenError),
    /// Redis cannot be used.
    #[error(transparent)]
    Redis(#[from] redis::OpenError),
}

pub(crate) async fn open(choice: &StoreChoice) -> Result<Arc<dyn Store>, OpenError> {
    Ok(match choice {
        StoreChoice::Memory => Arc::new(MemoryStore::new()),
        StoreChoice::Sqlite(path) => Arc::new(SqliteStore::open(path, SqliteSettings::default())?),
        StoreChoice::Redis(address) => {
            let store = RedisStore::open(address, RedisSettings::default()).await?;
            for note in store.notes() {
                tracing::warn!("{note}");
            }
            Arc::new(store)
        }
    })
}
