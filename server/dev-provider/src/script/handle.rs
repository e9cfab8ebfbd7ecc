//! A test's handle on the script.

use std::sync::{Arc, PoisonError};

use super::state::{ScriptState, Settings};
use super::{Answer, Endpoint, Object, Recorded, Signing, key_pool};
use crate::provider::Provider;

/// What a test tells a [`ScriptedProvider`](super::ScriptedProvider) to do, and what it asks it afterwards.
///
/// Everything holds from the next request on, until it is set again or [`reset`](Self::reset). Clones are the same
/// script.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) provider: Arc<Provider>,
    pub(super) state: Arc<ScriptState>,
}

/// Changes to what the provider says.
impl Script {
    /// Changes the discovery document.
    pub fn change_discovery(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().discovery = Some(Arc::new(change));
    }

    /// Changes the key set, whose keys are the array `keys`.
    pub fn change_jwks(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().jwks = Some(Arc::new(change));
    }

    /// Changes the header of ID tokens before they are signed.
    pub fn change_id_token_header(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().id_token_header = Some(Arc::new(change));
    }

    /// Changes the claims of ID tokens before they are signed, of refreshed ones too.
    pub fn change_id_token_claims(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().id_token_claims = Some(Arc::new(change));
    }

    /// Changes the claims of refreshed ID tokens only, after [`change_id_token_claims`](Self::change_id_token_claims).
    pub fn change_refreshed_id_token_claims(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().refreshed_id_token_claims = Some(Arc::new(change));
    }

    /// Changes successful token responses.
    pub fn change_token_response(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().token_response = Some(Arc::new(change));
    }

    /// Changes successful userinfo responses.
    pub fn change_userinfo(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().userinfo = Some(Arc::new(change));
    }

    /// Changes the parameters of authorization responses, errors too: `code` or `error`, `state`, `iss`.
    pub fn change_authorization_response(
        &self,
        change: impl Fn(&mut Vec<(String, String)>) + Send + Sync + 'static,
    ) {
        self.state.settings().authorization_response = Some(Arc::new(change));
    }

    /// Changes the parameters with which a logout returns: `state`, if it was sent.
    pub fn change_end_session_return(
        &self,
        change: impl Fn(&mut Vec<(String, String)>) + Send + Sync + 'static,
    ) {
        self.state.settings().end_session_return = Some(Arc::new(change));
    }
}

/// Keys and signatures.
impl Script {
    /// Signs ID tokens in this way.
    pub fn sign_with(&self, signing: Signing) {
        self.state.settings().signing = signing;
    }

    /// Leaves `kid` out of the header of ID tokens, or not.
    pub fn omit_kid(&self, omit: bool) {
        self.state.settings().omits_kid = omit;
    }

    /// Signs with another RSA key from now on, and publishes it; the former one stays published, or goes.
    pub fn rotate_keys(&self, keep_old: bool) {
        let mut keys = self.provider.keys.write().unwrap_or_else(PoisonError::into_inner);
        let next = key_pool::rsa(keys.retired.len() + 1);
        let former = std::mem::replace(&mut keys.rsa, next);
        keys.retired.push(former);
        keys.publish_retired = keep_old;
    }

    /// The public half of the key of [`Signing::StrangerRsa`], as a JWK: to be published by
    /// [`change_jwks`](Self::change_jwks), under its own `kid` or another's.
    #[must_use]
    pub fn stranger_jwk(&self) -> Object {
        key_pool::stranger().jwk.clone()
    }

    /// The `kid` under which the RSA key that signs is published.
    #[must_use]
    pub fn kid(&self) -> String {
        self.provider.keys().rsa.kid.clone()
    }

    /// Signs any claims with the provider's keys: a logout token, say. The header is the one `signing` calls for,
    /// changed by `change_header`.
    ///
    /// # Panics
    ///
    /// If the key cannot sign.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test cannot go on without its token")]
    pub fn sign(&self, signing: Signing, claims: &Object, change_header: impl FnOnce(&mut Object)) -> String {
        let keys = self.provider.keys();
        let clients = self
            .provider
            .clients
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let secret = clients
            .first()
            .and_then(|client| client.client_secret.clone())
            .unwrap_or_default();
        let mut header = signing.header(&keys);
        change_header(&mut header);
        signing
            .sign(&keys, &secret, &header, claims)
            .expect("a signature")
    }

    /// Makes the `sid` of new sessions hold characters that need encoding, or not.
    pub fn special_sid(&self, special: bool) {
        self.state.settings().special_sid = special;
    }
}

/// Raw answers and connections.
impl Script {
    /// Answers the next request to `endpoint` with `answer`, then the next queued one, then as before.
    pub fn answer_next(&self, endpoint: Endpoint, answer: Answer) {
        self.state
            .settings()
            .queued
            .entry(endpoint)
            .or_default()
            .push_back(answer);
    }

    /// Answers every request to `endpoint` with `answer`, save those for which one is queued.
    pub fn answer_always(&self, endpoint: Endpoint, answer: Answer) {
        self.state.settings().permanent.insert(endpoint, answer);
    }

    /// Answers requests to `endpoint` normally again, and forgets what was queued.
    pub fn answer_normally(&self, endpoint: Endpoint) {
        let mut settings = self.state.settings();
        settings.queued.remove(&endpoint);
        settings.permanent.remove(&endpoint);
    }

    /// Lets all requests that hang or are held now go on. Later ones hang again.
    pub fn release(&self) {
        self.state.released.send_modify(|count| *count += 1);
    }

    /// Resets every connection, or no longer: the provider cannot be reached.
    pub fn set_down(&self, down: bool) {
        self.state.line.set_down(down);
    }
}

/// What arrived.
impl Script {
    /// The requests to `endpoint`, the oldest first.
    #[must_use]
    pub fn requests(&self, endpoint: Endpoint) -> Vec<Recorded> {
        self.state
            .recorded()
            .iter()
            .filter(|request| request.endpoint == endpoint)
            .cloned()
            .collect()
    }

    /// The latest request to `endpoint`.
    #[must_use]
    pub fn last_request(&self, endpoint: Endpoint) -> Option<Recorded> {
        self.state
            .recorded()
            .iter()
            .rev()
            .find(|request| request.endpoint == endpoint)
            .cloned()
    }

    /// How many requests `endpoint` got.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.state
            .recorded()
            .iter()
            .filter(|request| request.endpoint == endpoint)
            .count()
    }

    /// Waits until `endpoint` has got `count` requests, those included that hang.
    pub async fn arrived(&self, endpoint: Endpoint, count: usize) {
        let mut arrivals = self.state.arrived.subscribe();
        while self.count(endpoint) < count {
            // The sender lives as long as this script.
            let _ = arrivals.changed().await;
        }
    }

    /// Forgets the requests.
    pub fn clear_requests(&self) {
        self.state.recorded().clear();
    }

    /// Puts everything back that a script can set, save keys, clients, clock, sessions and the way of back-channel
    /// requests; releases what hangs.
    pub fn reset(&self) {
        *self.state.settings() = Settings::default();
        self.state.line.set_down(false);
        self.release();
    }
}
