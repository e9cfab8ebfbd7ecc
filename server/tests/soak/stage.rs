//! The provider, the processes, their store, and what is known of it all.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use exeunt_dev_provider::{Lifetimes, User, script::ScriptedProvider};
use tokio::sync::{Mutex as AsyncMutex, RwLock};

use super::{
    disturbance::Disturbance,
    engine::Engine,
    fleet::{Fleet, Instance},
    ledger::Ledger,
};

/// More than sign in in half an hour.
const SUBJECTS: usize = 50_000;
/// The first is never killed: its memory is watched.
pub(crate) const INSTANCES: usize = 3;

/// What the provider issued to somebody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Issued {
    pub(crate) tokens: Vec<String>,
    pub(crate) sids: Vec<String>,
}

pub(crate) struct Stage {
    pub(crate) fleet: Fleet,
    pub(crate) instances: Vec<RwLock<Instance>>,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) disturbance: Disturbance,
    pub(crate) ledger: Ledger,
    /// The provider signs in one at a time whom it is told to.
    pub(crate) provider_turn: AsyncMutex<()>,
    issued: Arc<Mutex<HashMap<String, Issued>>>,
}

pub(crate) fn subject(number: usize) -> String {
    format!("person-{number}")
}

impl Stage {
    pub(crate) async fn set(engine: Engine) -> Self {
        let users = (0..SUBJECTS).map(|number| User {
            sub: subject(number),
            name: format!("Person {number}"),
            email: format!("{number}@example.org"),
            roles: Vec::new(),
        });
        let provider = ScriptedProvider::builder()
            .users(users.collect())
            // What is not revoked stays good until the end.
            .lifetimes(Lifetimes {
                access_token: 24 * 60 * 60,
                ..Lifetimes::default()
            })
            .start()
            .await;
        let issued = Arc::new(Mutex::new(HashMap::<String, Issued>::new()));
        let noting = Arc::clone(&issued);
        provider.script().change_token_response(move |response| {
            // Never fresh: each `extend` asks for new ones.
            response.insert("expires_in".to_owned(), 0.into());
            note(&noting, response);
        });
        let fleet = Fleet::on(engine, provider);
        let mut instances = Vec::new();
        for _ in 0..INSTANCES {
            instances.push(fleet.start().await);
        }
        let addresses = instances.iter().map(Instance::addressed).collect();
        Self {
            fleet,
            instances: instances.into_iter().map(RwLock::new).collect(),
            addresses,
            disturbance: Disturbance::default(),
            ledger: Ledger::default(),
            provider_turn: AsyncMutex::default(),
            issued,
        }
    }

    /// What the provider has issued to this person so far.
    pub(crate) fn issued(&self, sub: &str) -> Issued {
        self.issued.lock().unwrap().get(sub).cloned().unwrap_or_default()
    }

    /// Kills this one and starts another at its address after so long.
    pub(crate) async fn kill(&self, which: usize, pause: Duration) {
        let mut instance = self.instances[which].write().await;
        instance.crash();
        tokio::time::sleep(pause).await;
        *instance = self.fleet.start_at(self.addresses[which]).await;
    }

    /// Ends this one as an operator does and starts another.
    pub(crate) async fn restart(&self, which: usize) {
        let mut instance = self.instances[which].write().await;
        instance.terminate().await;
        *instance = self.fleet.start_at(self.addresses[which]).await;
    }
}

fn note(issued: &Mutex<HashMap<String, Issued>>, response: &serde_json::Map<String, serde_json::Value>) {
    let text = |name: &str| response.get(name).and_then(|value| value.as_str());
    let claims = text("id_token").map(claims).unwrap_or_default();
    let claim = |name: &str| claims.get(name).and_then(|value| value.as_str());
    let Some(sub) = claim("sub") else {
        return;
    };
    let mut issued = issued.lock().unwrap();
    let issued = issued.entry(sub.to_owned()).or_default();
    for token in [text("access_token"), text("refresh_token")]
        .into_iter()
        .flatten()
    {
        issued.tokens.push(token.to_owned());
    }
    if let Some(sid) = claim("sid")
        && issued.sids.last().map(String::as_str) != Some(sid)
    {
        issued.sids.push(sid.to_owned());
    }
}

fn claims(token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
