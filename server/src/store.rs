//! From the choice of a store to the store: one arm for each engine.

use std::{path::PathBuf, sync::Arc};

use exeunt::{
    config::StoreChoice,
    store::{
        MemoryStore, PostgresStore, RedisStore, SqliteStore, Store,
        postgres::{self, Found, PostgresSettings},
        redis::{self, RedisSettings},
        sqlite::{self, SqliteSettings},
    },
};

/// Why a store cannot be opened. None of them repeats an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The SQLite file cannot be used.
    #[error(transparent)]
    Sqlite(#[from] sqlite::OpenError),
    /// The PostgreSQL database cannot be used.
    #[error(transparent)]
    Postgres(#[from] postgres::OpenError),
    /// Redis cannot be used.
    #[error(transparent)]
    Redis(#[from] redis::OpenError),
}

/// Opens it, and makes it if it is not there.
///
/// # Errors
///
/// If it cannot be used.
pub async fn open(choice: &StoreChoice) -> Result<Arc<dyn Store>, OpenError> {
    Ok(match choice {
        StoreChoice::Memory => Arc::new(MemoryStore::new()),
        StoreChoice::Sqlite(path) => Arc::new(SqliteStore::open(path, SqliteSettings::default())?),
        StoreChoice::Postgres(url) => Arc::new(PostgresStore::open(url, PostgresSettings::default()).await?),
        StoreChoice::Redis(address) => {
            let store = RedisStore::open(address, RedisSettings::default()).await?;
            for note in store.notes() {
                tracing::warn!("{note}");
            }
            Arc::new(store)
        }
    })
}

/// The name of its engine, by the
/// [conventions of OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/#db-system-name).
pub(crate) const fn system(choice: &StoreChoice) -> &'static str {
    match choice {
        StoreChoice::Memory => "memory",
        StoreChoice::Sqlite(_) => "sqlite",
        StoreChoice::Postgres(_) => "postgresql",
        StoreChoice::Redis(_) => "redis",
    }
}

/// Why a command cannot work on the store of a running server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExistingError {
    /// The sessions are in the memory of another process.
    #[error(
        "EXEUNT_STORE is memory: only the server that holds its sessions knows them, and stopping it ends them all"
    )]
    Memory,
    /// There is no store at that place.
    #[error("there is no store at {0}; give the EXEUNT_STORE of the running server")]
    NoFile(PathBuf),
    /// There is no store in that database.
    #[error(
        "there is no store in the schema {0} of that database; give the EXEUNT_STORE of the running server"
    )]
    NoSchema(String),
    /// It cannot be used.
    #[error("the store cannot be opened; see EXEUNT_STORE")]
    Open(#[from] OpenError),
}

/// Opens the store of a running server, for a command beside it. Never makes a file or a schema: its sessions would be
/// nobody's. In Redis there is nothing to make.
pub(crate) async fn open_existing(choice: &StoreChoice) -> Result<Arc<dyn Store>, ExistingError> {
    match choice {
        StoreChoice::Memory => return Err(ExistingError::Memory),
        StoreChoice::Sqlite(path) if !path.exists() => return Err(ExistingError::NoFile(path.clone())),
        StoreChoice::Sqlite(path) => {
            SqliteStore::look(path, &SqliteSettings::default()).map_err(OpenError::from)?;
        }
        StoreChoice::Redis(_) => {}
        StoreChoice::Postgres(url) => {
            let found = PostgresStore::look(url, &PostgresSettings::default()).await;
            if found.map_err(OpenError::from)? == Found::Nothing {
                return Err(ExistingError::NoSchema(url.schema().to_owned()));
            }
        }
    }
    Ok(open(choice).await?)
}
