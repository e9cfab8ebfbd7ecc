//! The pending sign-out: what must be known when the browser comes back from the platform, or never does. A sealed cookie for ten
//! minutes; it holds no name, no e-mail address and no token.
//!
//! A cookie and not a row: in platform mode there is nothing else to be stored, so an extension needs no database.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::Platform;
use crate::{
    clock::Timestamp,
    http::cookies::PENDING_LIFETIME,
    logout::{
        pending::MOST_RETRIES,
        receipt::{Layer, Receipt, Status},
    },
    seal::Purpose,
};

/// What it is sealed for.
const PLACE: &[u8] = b"pending";

/// The longest value of the cookie, in bytes: with what else an answer sets, its headers do not pass 4 KB.
pub const LONGEST: usize = 2400;

/// What must be known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLogout {
    #[serde(rename = "s")]
    state: String,
    /// Where the browser goes.
    #[serde(rename = "u")]
    pub(super) front_channel_logout_url: String,
    /// What is known so far.
    #[serde(rename = "r")]
    pub(super) receipt: Receipt,
    /// Where the person wanted to go on to; checked already.
    #[serde(rename = "c")]
    pub(super) continue_to: Option<String>,
    #[serde(rename = "v")]
    visits: u8,
    /// The first visit of the leaving page is the departure itself, not a retry.
    #[serde(rename = "p")]
    leaves_by_page: bool,
    #[serde(rename = "e")]
    expires_at: Timestamp,
}

impl std::fmt::Debug for PendingLogout {
    /// Without the state and the address (invariant I16).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingLogout")
            .field("receipt", &self.receipt)
            .finish_non_exhaustive()
    }
}

impl PendingLogout {
    /// A new one.
    #[must_use]
    pub fn new(
        state: String,
        front_channel_logout_url: String,
        receipt: Receipt,
        continue_to: Option<String>,
        leaves_by_page: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            state,
            front_channel_logout_url,
            receipt,
            continue_to,
            visits: 0,
            leaves_by_page,
            expires_at: now + PENDING_LIFETIME,
        }
    }

    /// Whether this is the state that was sent and has not come back yet, in constant time.
    #[must_use]
    pub fn is_state(&self, state: &str) -> bool {
        self.receipt.status(Layer::ProviderSession) == Some(Status::Unconfirmed)
            && !self.state.is_empty()
            && bool::from(self.state.as_bytes().ct_eq(state.as_bytes()))
    }

    /// How often the browser can still be sent there.
    #[must_use]
    pub fn tries_left(&self) -> u8 {
        if !matches!(
            self.receipt.status(Layer::ProviderSession),
            Some(Status::Unconfirmed | Status::Failed)
        ) {
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
}

/// The `Set-Cookie` value that keeps it, for what is left of its ten minutes. `None`: it cannot be sealed, or is too long.
#[must_use]
pub fn seal(platform: &Platform, pending: &PendingLogout) -> Option<HeaderValue> {
    let plain = serde_json::to_vec(pending).ok()?;
    let sealed = platform
        .keyring()
        .seal(Purpose::PlatformLogout, PLACE, &plain, platform.random())
        .inspect_err(|error| tracing::error!(target: "exeunt::platform", %error, "a pending sign-out cannot be sealed"))
        .ok()?;
    let value = URL_SAFE_NO_PAD.encode(sealed);
    if value.len() > LONGEST {
        tracing::warn!(target: "exeunt::platform", "a pending sign-out is too long for its cookie");
        return None;
    }
    let names = platform.site().cookies();
    let left = pending.expires_at.since(platform.now());
    names.set(&names.pending(), &value, Some(left))
}

/// The pending sign-out of this browser.
#[must_use]
pub fn find(platform: &Platform, headers: &HeaderMap) -> Option<PendingLogout> {
    let names = platform.site().cookies();
    let value = names.read(headers, &names.pending()).one()?;
    let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
    let plain = platform
        .keyring()
        .open(Purpose::PlatformLogout, PLACE, &sealed)
        .ok()?;
    let pending: PendingLogout = serde_json::from_slice(&plain).ok()?;
    (pending.expires_at > platform.now()).then_some(pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(leaves_by_page: bool) -> PendingLogout {
        let now = Timestamp::from_seconds(0);
        let mut receipt = Receipt::new(now);
        receipt.note(Layer::ProviderSession, Status::Unconfirmed, None);
        let url = "https://k.example/api/auth/logout/front-channel".to_owned();
        PendingLogout::new("the-state".to_owned(), url, receipt, None, leaves_by_page, now)
    }

    #[test]
    fn i16_debug_shows_neither_state_nor_address() {
        let text = format!("{:?}", pending(false));
        assert!(
            !text.contains("the-state") && !text.contains("k.example"),
            "{text}"
        );
    }

    #[test]
    fn the_platform_can_be_tried_again_three_times() {
        for (leaves_by_page, visits) in [(false, 3), (true, 4)] {
            let mut pending = pending(leaves_by_page);
            for _ in 0..visits {
                assert!(pending.visit());
            }
            assert!(!pending.visit());
        }
    }

    #[test]
    fn i4_a_state_comes_back_once() {
        let mut pending = pending(false);
        assert!(pending.is_state("the-state") && !pending.is_state("another"));
        pending
            .receipt
            .change(Layer::ProviderSession, Status::Returned, None);
        assert!(!pending.is_state("the-state"));
        assert_eq!(pending.tries_left(), 0);
    }
}
