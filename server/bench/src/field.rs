//! Where a measurement takes place: a store of some size, the server in front of it, the provider beside it.

use std::{path::PathBuf, sync::Arc};

use exeunt::store::Store;
use exeunt_dev_provider::script::ScriptedProvider;

use crate::{
    Fault,
    alone::Order,
    engine::{Engine, Space},
    instance::{self, Instance},
    people::{Likeness, People, Whose},
    seeding,
};

/// The numbers of sessions that are begun to be ended: above those of every store.
const SPARE: u64 = 10_000_000;

/// The field.
pub(crate) struct Field {
    /// What the store is called.
    pub(crate) name: String,
    /// The setting that chooses it.
    pub(crate) setting: String,
    /// The store itself, for who begins sessions beside the server; none where only the server can.
    pub(crate) store: Option<Arc<dyn Store>>,
    /// Where the sessions take space.
    pub(crate) space: Space,
    /// The provider.
    pub(crate) provider: Arc<ScriptedProvider>,
    /// Who has sessions.
    pub(crate) people: Arc<People>,
    likeness: Likeness,
    /// The program that serves; none: this program itself.
    program: Option<PathBuf>,
    /// The server, while it runs.
    server: Option<Instance>,
    /// How many sessions it holds.
    pub(crate) sessions: u64,
    next_spare: u64,
}

impl Field {
    /// A field with an empty store, nobody serving yet.
    ///
    /// # Errors
    ///
    /// If there can be no sessions.
    pub(crate) fn new(
        name: &str,
        engine: &Engine,
        provider: Arc<ScriptedProvider>,
        program: Option<PathBuf>,
    ) -> Result<Self, Fault> {
        let likeness = Likeness::of(&provider)?;
        Ok(Self {
            name: name.to_owned(),
            setting: engine.setting.clone(),
            store: engine.store.clone(),
            space: engine.space.clone(),
            people: Arc::new(People::new(likeness.clone(), instance::KEYS)?),
            provider,
            likeness,
            program,
            server: None,
            sessions: 0,
            next_spare: SPARE,
        })
    }

    /// The server that runs.
    ///
    /// # Errors
    ///
    /// If none does.
    pub(crate) fn server(&self) -> Result<&Instance, Fault> {
        self.server.as_ref().ok_or_else(|| Fault::new("no server runs"))
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// If it does not become ready.
    pub(crate) async fn serve(&mut self) -> Result<(), Fault> {
        let address = instance::free_address()?;
        let variables = instance::variables(&self.provider, &self.setting, address);
        let server = if let Some(program) = &self.program {
            Instance::start(program, &[], None, variables, address).await?
        } else {
            let likeness = serde_json::to_string(&self.likeness).map_err(Fault::because)?;
            let program = std::env::current_exe()?;
            Instance::start(&program, &["alone"], Some(&likeness), variables, address).await?
        };
        self.server = Some(server);
        Ok(())
    }

    /// Whether the server has pages, or is the relying party alone.
    #[must_use]
    pub(crate) const fn has_pages(&self) -> bool {
        self.program.is_some()
    }

    /// Ends the server.
    ///
    /// # Errors
    ///
    /// If it does not end.
    pub(crate) async fn close(&mut self) -> Result<(), Fault> {
        match self.server.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    /// Ends the server and starts it again. What was only in its memory is begun anew.
    ///
    /// # Errors
    ///
    /// As [`Self::serve`].
    pub(crate) async fn serve_anew(&mut self) -> Result<(), Fault> {
        self.close().await?;
        self.serve().await?;
        if self.store.is_none() {
            self.begin(0..self.sessions, Whose::OwnPerson).await?;
        }
        Ok(())
    }

    /// Begins sessions until the store holds so many.
    ///
    /// # Errors
    ///
    /// If the store does not take them.
    pub(crate) async fn grow_to(&mut self, sessions: u64) -> Result<(), Fault> {
        self.begin(self.sessions..sessions, Whose::OwnPerson).await?;
        self.sessions = sessions;
        Ok(())
    }

    /// Begins so many sessions that are there to be ended. Returns the number of the first.
    ///
    /// # Errors
    ///
    /// If the store does not take them.
    pub(crate) async fn spare(&mut self, count: u64, whose: impl FnOnce(u64) -> Whose) -> Result<u64, Fault> {
        let first = self.reserve(count);
        self.begin(first..first + count, whose(first)).await?;
        Ok(first)
    }

    /// The first of so many numbers that nobody else gets.
    pub(crate) fn reserve(&mut self, count: u64) -> u64 {
        let first = self.next_spare;
        self.next_spare += count;
        first
    }

    async fn begin(&mut self, numbers: std::ops::Range<u64>, whose: Whose) -> Result<(), Fault> {
        if let Some(store) = &self.store {
            return seeding::seed(store, &self.people, numbers, whose).await;
        }
        let order = serde_json::to_string(&Order { numbers, whose }).map_err(Fault::because)?;
        let server = self.server.as_mut().ok_or_else(|| Fault::new("no server runs"))?;
        server.order(&order).await
    }
}
