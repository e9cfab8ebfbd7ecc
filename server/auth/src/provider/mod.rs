//! The provider: discovery, keys, ID tokens, and every call to it.
//!
//! What is fetched is cached: a provider that is down never prevents a start, a page, or a logout (invariant I17).

use std::{
    sync::{Arc, Mutex as ShortLock, MutexGuard, PoisonError},
    time::Duration,
};

use openidconnect::core::CoreJsonWebKeySet;
use tokio::sync::Mutex;

use crate::{
    clock::{Clock, Timestamp},
    config::Issuer,
};

pub mod code;
pub mod dialect;
pub mod id_token;
pub mod keys;
pub mod metadata;
pub mod outbound;
pub mod refresh;
pub mod revocation;
pub mod session_expiry;
pub mod upstream;
pub mod userinfo;

use keys::KeysError;
use metadata::{DiscoveryError, Expectations, Metadata};
use outbound::Outbound;

/// How long discovery and keys are used before they are fetched again. What is older is still used if that fails.
pub const CACHE_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long a failed fetch is remembered, so that a provider that is down is not asked by every request.
pub const FAILURE_MEMORY: Duration = Duration::from_secs(5);
/// How long after a refetch for an unknown key the next unknown key of the same [`KeyBudget`] gets none.
pub const UNKNOWN_KEY_COOLDOWN: Duration = Duration::from_secs(30);

/// What is known of it. Locked only to read or to replace, never while something is fetched: a call that hangs must not
/// delay whoever can do with what is known.
#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Timestamp)>,
    keys: Option<(Arc<CoreJsonWebKeySet>, Timestamp)>,
}

/// On whose behalf keys are fetched anew for an unknown one. Each has a cooldown of its own: anybody may post forged logout
/// tokens, and that must not keep a person from signing in after the provider has changed its keys; nor the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyBudget {
    /// A person signs in.
    Login,
    /// The provider sent a logout token.
    BackChannel,
}

/// How each budget was last spent. Held while fetching.
#[derive(Debug, Default)]
struct Refetches {
    login: Mutex<Option<Refetch>>,
    back_channel: Mutex<Option<Refetch>>,
}

#[derive(Clone, Copy, Debug)]
struct Refetch {
    begun: Timestamp,
    /// Not so if it failed, or was given up on the way.
    gave_keys: bool,
}

/// One provider.
#[derive(Debug)]
pub struct Provider {
    issuer: Issuer,
    expectations: Expectations,
    outbound: Outbound,
    clock: Arc<dyn Clock>,
    known: ShortLock<Known>,
    // Each held while fetching: one fetch at a time, and whoever waits finds the answer.
    metadata_fetch: Mutex<Option<(String, Timestamp)>>,
    key_fetch: Mutex<Option<Timestamp>>,
    key_refetches: Refetches,
}

impl Provider {
    /// The provider with this issuer. Nothing is fetched yet.
    #[must_use]
    pub fn new(
        issuer: Issuer,
        expectations: Expectations,
        outbound: Outbound,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            issuer,
            expectations,
            outbound,
            clock,
            known: ShortLock::default(),
            metadata_fetch: Mutex::default(),
            key_fetch: Mutex::default(),
            key_refetches: Refetches::default(),
        }
    }

    /// Its issuer, exactly as configured.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Its host name, for texts.
    #[must_use]
    pub fn host(&self) -> String {
        url::Url::parse(self.issuer.as_str())
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The client for calls to it.
    #[must_use]
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Its metadata: cached, else fetched. If fetching fails, what was known before still counts.
    ///
    /// # Errors
    ///
    /// Only if nothing was ever fetched.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, DiscoveryError> {
        if let Some(metadata) = self.fresh(&self.known().metadata) {
            return Ok(metadata);
        }
        let mut failure = self.metadata_fetch.lock().await;
        if let Some(metadata) = self.fresh(&self.known().metadata) {
            return Ok(metadata);
        }
        if let Some((reason, failed)) = &*failure
            && self.is_recent(*failed)
        {
            return self
                .known_metadata()
                .ok_or_else(|| DiscoveryError::Recently(reason.clone()));
        }
        let fetched = match metadata::fetch_metadata(&self.outbound, &self.issuer).await {
            Ok(bytes) => metadata::validate_metadata(&bytes, &self.issuer, &self.expectations),
            Err(error) => Err(error),
        };
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                self.known().metadata = Some((Arc::clone(&metadata), self.clock.now()));
                *failure = None;
                Ok(metadata)
            }
            Err(error) => {
                tracing::warn!(target: "exeunt::provider", %error, "discovery failed");
                // By the time it failed, not by the time it began: a call that hangs takes longer than the memory.
                *failure = Some((error.to_string(), self.clock.now()));
                self.known_metadata().ok_or(error)
            }
        }
    }

    /// Its metadata if a fetch within `budget` gives it; otherwise what is known already. For logout: it never waits long.
    pub async fn metadata_within(&self, budget: Duration) -> Option<Arc<Metadata>> {
        match tokio::time::timeout(budget, self.metadata()).await {
            Ok(answer) => answer.ok(),
            Err(_) => self.known_metadata(),
        }
    }

    /// Its keys: cached, else fetched. If fetching fails, what was known before still counts.
    ///
    /// # Errors
    ///
    /// If they were never fetched and cannot be now.
    pub async fn keys(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, KeysError> {
        if let Some(keys) = self.fresh(&self.known().keys) {
            return Ok(keys);
        }
        let mut failure = self.key_fetch.lock().await;
        if let Some(keys) = self.fresh(&self.known().keys) {
            return Ok(keys);
        }
        if failure.is_some_and(|failed| self.is_recent(failed)) {
            return self.known_keys().ok_or(KeysError::Recently);
        }
        match self.fetch_keys(metadata).await {
            Ok(keys) => {
                *failure = None;
                Ok(keys)
            }
            Err(error) => {
                *failure = Some(self.clock.now());
                self.known_keys().ok_or(error)
            }
        }
    }

    /// Its keys, fetched anew because a token is signed with one that is not known; at most once in
    /// [`UNKNOWN_KEY_COOLDOWN`], counted from the last such fetch of this budget. Within that time: those that are known.
    ///
    /// # Errors
    ///
    /// If they cannot be fetched, and then until the next fetch: what is known may lack the key.
    pub async fn keys_again(
        &self,
        metadata: &Metadata,
        budget: KeyBudget,
    ) -> Result<Arc<CoreJsonWebKeySet>, KeysError> {
        let mut spent = match budget {
            KeyBudget::Login => &self.key_refetches.login,
            KeyBudget::BackChannel => &self.key_refetches.back_channel,
        }
        .lock()
        .await;
        let now = self.clock.now();
        if let Some(last) = spent.filter(|last| now.is_within(UNKNOWN_KEY_COOLDOWN, last.begun)) {
            let known = self.known_keys().filter(|_| last.gave_keys);
            return known.ok_or(KeysError::Recently);
        }
        let refetch = spent.insert(Refetch {
            begun: now,
            gave_keys: false,
        });
        // Boxed: of many that wait for the lock only one needs the room.
        let keys = Box::pin(self.fetch_keys(metadata)).await?;
        refetch.gave_keys = true;
        Ok(keys)
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, KeysError> {
        let bytes = keys::fetch_keys(&self.outbound, &metadata.jwks_uri).await?;
        let keys = Arc::new(keys::validate_keys(&bytes)?);
        self.known().keys = Some((Arc::clone(&keys), self.clock.now()));
        Ok(keys)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a token could be revoked there: only a provider that is known to have no endpoint for it is not asked.
    #[must_use]
    pub fn may_revoke(&self) -> bool {
        self.known_metadata()
            .is_none_or(|metadata| metadata.revocation_endpoint.is_some())
    }

    /// Its metadata as it was fetched last, however long ago.
    pub(crate) fn known_metadata(&self) -> Option<Arc<Metadata>> {
        self.known()
            .metadata
            .as_ref()
            .map(|(metadata, _)| Arc::clone(metadata))
    }

    /// Its keys as they were fetched last, however long ago.
    pub(crate) fn known_keys(&self) -> Option<Arc<CoreJsonWebKeySet>> {
        self.known().keys.as_ref().map(|(keys, _)| Arc::clone(keys))
    }

    fn fresh<T>(&self, known: &Option<(Arc<T>, Timestamp)>) -> Option<Arc<T>> {
        known
            .as_ref()
            .filter(|(_, fetched)| self.clock.now().is_within(CACHE_LIFETIME, *fetched))
            .map(|(value, _)| Arc::clone(value))
    }

    fn is_recent(&self, failed: Timestamp) -> bool {
        self.clock.now().is_within(FAILURE_MEMORY, failed)
    }
}
