//! The pending logout: what must be known when the browser comes back from the provider, or never does. An encrypted row
//! for ten minutes; its random key in a cookie. It holds no name and no e-mail address.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    outbox::Progress,
    probe::Probe,
    receipt::{Layer, Receipt, Status},
    rp_initiated::{Departure, LogoutHint},
    token_lines,
};
use crate::{
    Exeunt,
    clock::Timestamp,
    http::cookies::PENDING_LIFETIME,
    random,
    seal::Purpose,
    store::{OutboxId, PendingKey, StoreError},
};

/// How often the provider can be tried again.
pub const MOST_RETRIES: u8 = 3;

/// What must be known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLogout {
    state: String,
    /// How the browser leaves.
    pub departure: Option<Departure>,
    /// What the provider is asked with, once it is known how it is asked.
    #[serde(default)]
    pub hint: Option<LogoutHint>,
    /// Where the tokens of the session are queued for revocation.
    #[serde(default)]
    outbox: Option<[u8; 32]>,
    /// Whether the provider was asked if its session is really over.
    #[serde(default)]
    pub(super) probe: Probe,
    /// What is known so far.
    pub receipt: Receipt,
    /// Where the person wanted to go on to; checked already.
    pub continue_to: Option<String>,
    visits: u8,
    /// The first visit of the leaving page is the departure itself, not a retry.
    leaves_by_page: bool,
}

impl std::fmt::Debug for PendingLogout {
    /// Without the state and the hint (invariant I16).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingLogout")
            .field("receipt", &self.receipt)
            .finish_non_exhaustive()
    }
}

/// A pending logout as it was read, so that it can be changed only if nobody changed it meanwhile.
#[derive(Clone, Debug)]
pub struct Loaded {
    key: PendingKey,
    sealed: Vec<u8>,
    /// What it says.
    pub pending: PendingLogout,
}

impl PendingLogout {
    /// A new one.
    #[must_use]
    pub fn new(
        state: String,
        departure: Option<Departure>,
        receipt: Receipt,
        continue_to: Option<String>,
        leaves_by_page: bool,
    ) -> Self {
        Self {
            state,
            departure,
            hint: None,
            outbox: None,
            probe: Probe::NotAsked,
            receipt,
            continue_to,
            visits: 0,
            leaves_by_page,
        }
    }

    /// Keeps what the provider can be asked with later.
    #[must_use]
    pub fn with_hint(mut self, hint: Option<LogoutHint>) -> Self {
        self.hint = hint;
        self
    }

    /// Keeps where its tokens are queued.
    #[must_use]
    pub fn with_outbox(mut self, id: Option<OutboxId>) -> Self {
        self.outbox = id.map(|OutboxId(id)| id);
        self
    }

    /// The state that is sent.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Whether this is the state that was sent and has not come back yet, in constant time.
    #[must_use]
    pub fn is_state(&self, state: &str) -> bool {
        self.receipt.status(Layer::ProviderSession) == Some(Status::Unconfirmed)
            && bool::from(self.state.as_bytes().ct_eq(state.as_bytes()))
    }

    /// Whether the hint may be what the provider does not like: the person leaves for at least the second time after the
    /// first, or again with one that has expired.
    #[must_use]
    pub fn leaves_without_hint(&self, now: Timestamp) -> bool {
        let again = self.visits.saturating_sub(u8::from(self.leaves_by_page));
        let is_expired = || {
            self.departure
                .as_ref()
                .is_some_and(|departure| departure.has_expired_hint(now))
        };
        again > 1 || (again == 1 && is_expired())
    }

    /// How often the provider can still be tried again.
    #[must_use]
    pub fn tries_left(&self) -> u8 {
        let is_open = match self.receipt.status(Layer::ProviderSession) {
            Some(Status::Unconfirmed | Status::Failed) => self.departure.is_some() || self.hint.is_some(),
            _ => false,
        };
        if !is_open {
            return 0;
        }
        (MOST_RETRIES + u8::from(self.leaves_by_page))
            .saturating_sub(self.visits)
            .min(MOST_RETRIES)
    }

    /// Notes a visit of the leaving page. False if there were too many.
    pub fn visit(&mut self) -> bool {
        if self.tries_left() == 0 {
            return false;
        }
        self.visits = self.visits.saturating_add(1);
        true
    }

    /// Whether the provider can still be asked if its session is really over: once, and only after it was asked to end it.
    #[must_use]
    pub fn can_probe(&self) -> bool {
        let is_open = matches!(
            self.receipt.status(Layer::ProviderSession),
            Some(Status::Unconfirmed | Status::Returned)
        );
        is_open && self.departure.is_some() && self.probe == Probe::NotAsked
    }

    /// Whether the provider, asked by a probe, said that somebody is still signed in there: then that it sends the browser
    /// back again is not enough.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.probe == Probe::Contradicted
    }

    /// Notes that the browser leaves for the provider once more, after a probe found the person still signed in there.
    pub(super) fn leaves_again(&mut self, unconfirmed: String) {
        let layer = Layer::ProviderSession;
        if self.is_contradicted() && self.receipt.status(layer) == Some(Status::Failed) {
            self.receipt.change(layer, Status::Unconfirmed, unconfirmed);
        }
    }

    /// Notes that the browser came back with our state.
    pub fn returned(&mut self, host: &str) {
        self.receipt.change(
            Layer::ProviderSession,
            Status::Returned,
            format!("{host} sent you back as after a sign-out. If it asked and you chose to stay signed in there, you still are."),
        );
    }
}

fn key_of(cookie: &str) -> PendingKey {
    PendingKey(Sha256::digest(cookie.as_bytes()).into())
}

fn seal(exeunt: &Exeunt, key: &PendingKey, pending: &PendingLogout) -> Result<Vec<u8>, StoreError> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(pending).map_err(StoreError::backend)?);
    exeunt
        .keyring()
        .seal(Purpose::Pending, &key.0, &plain, exeunt.random())
        .map_err(StoreError::backend)
}

/// Writes a pending logout and returns the value of its cookie.
///
/// # Errors
///
/// If the store does not answer.
pub async fn remember(exeunt: &Exeunt, pending: &PendingLogout) -> Result<String, StoreError> {
    let cookie = random::token(exeunt.random()).map_err(StoreError::backend)?;
    let key = key_of(&cookie);
    let sealed = seal(exeunt, &key, pending)?;
    exeunt
        .store()
        .put_pending(&key, sealed, exeunt.now() + PENDING_LIFETIME)
        .await?;
    Ok(cookie)
}

/// The pending logout of this browser.
///
/// # Errors
///
/// If the store does not answer.
pub async fn find(exeunt: &Exeunt, headers: &HeaderMap) -> Result<Option<Loaded>, StoreError> {
    let Some(cookie) = exeunt.cookies().read(headers, &exeunt.cookies().pending()).one() else {
        return Ok(None);
    };
    let key = key_of(&cookie);
    let Some(sealed) = exeunt.store().load_pending(&key, exeunt.now()).await? else {
        return Ok(None);
    };
    let plain = exeunt
        .keyring()
        .open(Purpose::Pending, &key.0, &sealed)
        .ok()
        .map(zeroize::Zeroizing::new);
    Ok(plain
        .and_then(|plain| serde_json::from_slice(&plain).ok())
        .map(|pending| Loaded { key, sealed, pending }))
}

/// The receipt as it stands now: what was still being tried when it was written may be over.
///
/// # Errors
///
/// If the store does not answer.
pub async fn present_receipt(exeunt: &Exeunt, pending: &PendingLogout) -> Result<Receipt, StoreError> {
    let mut receipt = pending.receipt.clone();
    if let Some(id) = pending.outbox
        && token_lines::are_pending(&receipt)
        && let Some(entry) = exeunt.store().load_outbox(&OutboxId(id)).await?
    {
        token_lines::update(
            &mut receipt,
            Progress::parse(&entry.progress),
            &exeunt.provider().host(),
        );
    }
    Ok(receipt)
}

/// Writes a changed pending logout, if nobody changed it meanwhile.
///
/// # Errors
///
/// If the store does not answer.
pub async fn replace(exeunt: &Exeunt, loaded: &Loaded) -> Result<bool, StoreError> {
    let sealed = seal(exeunt, &loaded.key, &loaded.pending)?;
    exeunt
        .store()
        .swap_pending(&loaded.key, &loaded.sealed, sealed, exeunt.now())
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(leaves_by_page: bool) -> PendingLogout {
        let mut receipt = Receipt::new(Timestamp::from_seconds(0));
        receipt.note(Layer::ProviderSession, Status::Unconfirmed, None);
        PendingLogout::new(
            "s".to_owned(),
            Some(Departure::Get {
                url: "https://op.example/".to_owned(),
            }),
            receipt,
            None,
            leaves_by_page,
        )
    }

    #[test]
    fn i16_debug_shows_neither_state_nor_address() {
        let mut secret = pending(false);
        secret.state = "the-state-itself".to_owned();
        let text = format!("{secret:?}");
        assert!(
            !text.contains("the-state-itself") && !text.contains("op.example"),
            "{text}"
        );
    }

    #[test]
    fn the_provider_can_be_tried_again_three_times() {
        for (leaves_by_page, visits) in [(false, 3), (true, 4)] {
            let mut pending = pending(leaves_by_page);
            assert_eq!(pending.tries_left(), 3);
            for _ in 0..visits {
                assert!(pending.visit());
            }
            assert_eq!(pending.tries_left(), 0);
            assert!(!pending.visit());
        }
    }

    #[test]
    fn i4_a_return_is_never_called_ended_and_is_not_tried_again() {
        let mut pending = pending(false);
        pending.returned("op.example");
        assert_eq!(
            pending.receipt.status(Layer::ProviderSession),
            Some(Status::Returned)
        );
        assert_eq!(pending.tries_left(), 0);
    }
}
