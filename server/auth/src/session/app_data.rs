//! The app's own data in the session: `tower_sessions_core::Session` on the same row, through an adapter that can change
//! a living session and never make one.
//!
//! Its `create` creates nothing, its `save` is update-only, its expiry is ignored: whoever holds a `Session` can neither
//! bring a dead session back (invariant I2) nor prolong a living one. `Session::cycle_id` is of no use here: the id
//! changes at every login, and nowhere else.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::record::{self, Column};
use crate::{
    Exeunt,
    store::{Change, SessionKey},
};

/// Ties a `Session` to one row.
#[derive(Debug)]
pub(crate) struct AppData {
    exeunt: Exeunt,
    key: Option<SessionKey>,
    died: AtomicBool,
}

impl AppData {
    pub(crate) fn new(exeunt: Exeunt, key: Option<SessionKey>) -> Self {
        Self {
            exeunt,
            key,
            died: AtomicBool::new(false),
        }
    }

    /// Whether something found that the session had ended under this request.
    pub(crate) fn found_dead(&self) -> bool {
        self.died.load(Ordering::SeqCst)
    }

    /// The session was found to have ended.
    pub(crate) fn note_dead(&self) {
        self.died.store(true, Ordering::SeqCst);
    }

    /// `tower_sessions_core` wants an id; ours means nothing outside this request.
    pub(crate) const ID: Id = Id(1);

    async fn write(&self, data: &std::collections::HashMap<String, serde_json::Value>) -> Result<()> {
        let Some(key) = self.key else {
            return Err(Error::Backend(
                "nobody is signed in: there is no session to write to".to_owned(),
            ));
        };
        let sealed = record::seal_column(
            self.exeunt.keyring(),
            &key,
            Column::Data,
            data,
            self.exeunt.random(),
        )
        .map_err(|error| Error::Encode(error.to_string()))?;
        let change = Change {
            data: Some(sealed),
            ..Change::default()
        };
        match self.exeunt.store().update(&key, change, self.exeunt.now()).await {
            Ok(true) => Ok(()),
            // Ended meanwhile: the write is dropped with the session, and the layer removes the cookie.
            Ok(false) => {
                self.note_dead();
                Ok(())
            }
            Err(error) => Err(Error::Backend(error.to_string())),
        }
    }
}

#[async_trait]
impl SessionStore for AppData {
    async fn create(&self, _record: &mut Record) -> Result<()> {
        // `Session` asks for a new record when it finds the old one gone. The session ended under this request: the write
        // is dropped with it, as a `save` is, and is no fault of the handler's.
        if self.found_dead() {
            return Ok(());
        }
        Err(Error::Backend(
            "sessions begin at the end of a login and nowhere else".to_owned(),
        ))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.write(&record.data).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(key) = self.key else { return Ok(None) };
        let loaded = self
            .exeunt
            .store()
            .load_data(&key, self.exeunt.now())
            .await
            .map_err(|error| Error::Backend(error.to_string()))?;
        let data = match loaded {
            None => {
                self.note_dead();
                return Ok(None);
            }
            Some(None) => std::collections::HashMap::new(),
            Some(Some(sealed)) => record::open_column(self.exeunt.keyring(), &key, Column::Data, &sealed)
                .map_err(|error| Error::Decode(error.to_string()))?,
        };
        // Required by the type, used by nobody: the limits of the row hold.
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date: time::OffsetDateTime::now_utc() + time::Duration::days(1),
        }))
    }

    /// Empties the app's data. The session itself ends by a logout, not here.
    async fn delete(&self, _id: &Id) -> Result<()> {
        if self.key.is_none() {
            return Ok(());
        }
        self.write(&std::collections::HashMap::new()).await
    }
}
