//! Opening a store: the engine is looked at before anything is kept in it.

use std::sync::Arc;

use super::{
    KINDS, RedisAddress, RedisSettings, RedisStore,
    call::Calls,
    error::OpenError,
    listener::Listener,
    notes::{self, Note},
    script::Scripts,
};
use crate::store::{Store as _, StoreError};

use super::error::EngineFault;

/// How the keys are laid out. Another number whenever a former program could not read them.
const LAYOUT: i64 = 1;

impl RedisStore {
    /// Connects, sees that the engine keeps what it is told, and that the place is empty or this store's.
    ///
    /// Takes no longer than two calls may.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the engine and what mends it.
    pub async fn open(address: &RedisAddress, settings: RedisSettings) -> Result<Self, OpenError> {
        let mut store = Self::unopened(address, &settings);
        store.notes = store.look().await?;
        let layout = LAYOUT.to_string();
        let mut arguments = vec![layout.as_bytes()];
        arguments.extend(KINDS.iter().map(|key| key.kind().as_bytes()));
        let (whose, found): (String, i64) = store
            .run(&store.scripts.open, &arguments)
            .await
            .map_err(open_error)?;
        match whose.as_str() {
            "ours" => {}
            "other" => return Err(OpenError::OtherLayout { found, known: LAYOUT }),
            _ => return Err(OpenError::Foreign),
        }
        // A user who may not do all that the scripts do is found out here, and not in the middle of one.
        store.ping().await.map_err(open_error)?;
        Ok(store)
    }

    /// Looks at the engine as [`RedisStore::open`] does, and writes nothing.
    ///
    /// # Errors
    ///
    /// As [`RedisStore::open`], but for what lies at the place.
    pub async fn examine(address: &RedisAddress, settings: RedisSettings) -> Result<Vec<Note>, OpenError> {
        Self::unopened(address, &settings).look().await
    }

    fn unopened(address: &RedisAddress, settings: &RedisSettings) -> Self {
        Self {
            name: address.name.clone(),
            scripts: Scripts::of(&address.name),
            calls: Arc::new(Calls::new(address, settings)),
            listener: Listener::new(),
            notes: Vec::new(),
        }
    }

    async fn look(&self) -> Result<Vec<Note>, OpenError> {
        // Finds the server that holds the store, of a cluster too; a replica refuses.
        self.last_end().await.map_err(open_error)?;
        let link = self.calls.link();
        let mut live = link.connection().await?;
        let asked = notes::ask(&mut live.connection, link.address().wait_replicas);
        tokio::time::timeout(self.calls.call_timeout, asked)
            .await
            .map_err(|_elapsed| OpenError::Timeout(self.calls.call_timeout))?
    }
}

/// A call of the store fails with a fault of the engine, or because its time was over.
fn open_error(error: StoreError) -> OpenError {
    match error {
        StoreError::Timeout(limit) => OpenError::Timeout(limit),
        StoreError::Backend(fault) => match fault.downcast::<EngineFault>() {
            Ok(fault) => OpenError::Engine(*fault),
            Err(_malformed) => OpenError::Foreign,
        },
        StoreError::Duplicate => OpenError::Foreign,
    }
}
