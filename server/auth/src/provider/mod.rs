//! The provider: discovery, keys, ID tokens, and every call to it.
//!
//! What is fetched is cached: a provider that is down never prevents a start, a page, or a logout (invariant I17).

use std::{sync::Arc, time::Duration};

use openidconnect::core::CoreJsonWebKeySet;
use tokio::sync::Mutex;

use crate::{
    clock::{Clock, Timestamp},
    config::Issuer,
};

pub mod code;
pub mod id_token;
pub mod keys;
pub mod metadata;
pub mod outbound;
pub mod userinfo;

use keys::KeysError;
use metadata::{DiscoveryError, Expectations, Metadata};
use outbound::Outbound;

/// How long discovery and keys are used before they are fetched again. What is older is still used if that fails.
pub const CACHE_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long a failed fetch is remembered, so that a provider that is down is not asked by every request.
pub const FAILURE_MEMORY: Duration = Duration::from_secs(5);
/// How long after a refetch for an unknown key the next unknown key gets none.
pub const UNKNOWN_KEY_COOLDOWN: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
struct Cache {
    metadata: Option<(Arc<Metadata>, Timestamp)>,
    metadata_failure: Option<(String, Timestamp)>,
    keys: Option<(Arc<CoreJsonWebKeySet>, Timestamp)>,
    unknown_key_refetch: Option<Timestamp>,
}

/// One provider.
#[derive(Debug)]
pub struct Provider {
    issuer: Issuer,
    expectations: Expectations,
    outbound: Outbound,
    clock: Arc<dyn Clock>,
    // Held while fetching: one fetch at a time, and whoever waits finds the answer.
    cache: Mutex<Cache>,
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
            cache: Mutex::default(),
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
        let mut cache = self.cache.lock().await;
        let now = self.clock.now();
        let known = cache.metadata.clone();
        if let Some((metadata, fetched)) = &known
            && now.since(*fetched) < CACHE_LIFETIME
        {
            return Ok(Arc::clone(metadata));
        }
        if let Some((reason, failed)) = &cache.metadata_failure
            && now.since(*failed) < FAILURE_MEMORY
        {
            return known
                .map(|(metadata, _)| metadata)
                .ok_or_else(|| DiscoveryError::Recently(reason.clone()));
        }
        let fetched = match metadata::fetch_metadata(&self.outbound, &self.issuer).await {
            Ok(bytes) => metadata::validate_metadata(&bytes, &self.issuer, &self.expectations),
            Err(error) => Err(error),
        };
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                cache.metadata = Some((Arc::clone(&metadata), now));
                cache.metadata_failure = None;
                Ok(metadata)
            }
            Err(error) => {
                tracing::warn!(target: "exeunt::provider", %error, "discovery failed");
                cache.metadata_failure = Some((error.to_string(), now));
                known.map(|(metadata, _)| metadata).ok_or(error)
            }
        }
    }

    /// Its metadata if a fetch within `budget` gives it; otherwise what is known already. For logout: it never waits long.
    pub async fn metadata_within(&self, budget: Duration) -> Option<Arc<Metadata>> {
        if let Ok(answer) = tokio::time::timeout(budget, self.metadata()).await {
            return answer.ok();
        }
        // A fetch that hangs holds the lock; its waiters must not.
        self.cache
            .try_lock()
            .ok()
            .and_then(|cache| cache.metadata.as_ref().map(|(metadata, _)| Arc::clone(metadata)))
    }

    /// Its keys: cached, else fetched.
    ///
    /// # Errors
    ///
    /// If they were never fetched and cannot be now.
    pub async fn keys(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, KeysError> {
        let mut cache = self.cache.lock().await;
        let now = self.clock.now();
        if let Some((keys, fetched)) = &cache.keys
            && now.since(*fetched) < CACHE_LIFETIME
        {
            return Ok(Arc::clone(keys));
        }
        match self.fetch_keys(metadata).await {
            Ok(keys) => {
                cache.keys = Some((Arc::clone(&keys), now));
                Ok(keys)
            }
            Err(error) => cache.keys.as_ref().map(|(keys, _)| Arc::clone(keys)).ok_or(error),
        }
    }

    /// Its keys, fetched anew because a token names one that is not known; at most once in [`UNKNOWN_KEY_COOLDOWN`].
    ///
    /// # Errors
    ///
    /// [`KeysError::CoolingDown`] within that time; else as [`Self::keys`].
    pub async fn keys_again(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, KeysError> {
        let mut cache = self.cache.lock().await;
        let now = self.clock.now();
        if cache
            .unknown_key_refetch
            .is_some_and(|last| now.since(last) < UNKNOWN_KEY_COOLDOWN)
        {
            return Err(KeysError::CoolingDown);
        }
        cache.unknown_key_refetch = Some(now);
        let keys = self.fetch_keys(metadata).await?;
        cache.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, KeysError> {
        let bytes = keys::fetch_keys(&self.outbound, &metadata.jwks_uri).await?;
        keys::validate_keys(&bytes).map(Arc::new)
    }
}
