//! What a script has set.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::back_channel::{BackChannel, BackChannelState};
use super::connection::Line;
use super::products::Shape;
use super::revocations::Revocations;
use super::{Answer, Endpoint, Recorded, Signing};
use crate::keys::Object;

/// Changes a JSON object.
pub(super) type ObjectHook = Arc<dyn Fn(&mut Object) + Send + Sync>;
/// Changes parameters.
pub(super) type ParametersHook = Arc<dyn Fn(&mut Vec<(String, String)>) + Send + Sync>;

/// More would be a runaway test; the oldest go.
pub(super) const RECORDED_LIMIT: usize = 10_000;

/// A script's state, shared by its handles and the provider that follows it.
#[derive(Debug)]
pub(super) struct ScriptState {
    settings: Mutex<Settings>,
    recorded: Mutex<VecDeque<Recorded>>,
    /// Whose ways the provider has.
    pub(super) shape: Shape,
    pub(super) back_channel: BackChannelState,
    pub(super) revocations: Mutex<Revocations>,
    pub(super) clock_offset: AtomicI64,
    pub(super) line: Line,
    /// Counts releases: whoever hangs waits for the next.
    pub(super) released: watch::Sender<u64>,
    /// Counts arrivals: whoever expects one waits for the next.
    pub(super) arrived: watch::Sender<u64>,
}

/// Everything that can be set, and put back.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) discovery: Option<ObjectHook>,
    pub(super) jwks: Option<ObjectHook>,
    pub(super) id_token_header: Option<ObjectHook>,
    pub(super) id_token_claims: Option<ObjectHook>,
    pub(super) token_response: Option<ObjectHook>,
    pub(super) userinfo: Option<ObjectHook>,
    pub(super) authorization_response: Option<ParametersHook>,
    pub(super) end_session_return: Option<ParametersHook>,
    pub(super) refreshed_id_token_claims: Option<ObjectHook>,
    pub(super) logout_token_header: Option<ObjectHook>,
    pub(super) logout_token_claims: Option<ObjectHook>,
    pub(super) back_channel_form: Option<ParametersHook>,
    pub(super) front_channel: Option<ParametersHook>,
    pub(super) signing: Signing,
    pub(super) logout_token_signing: Signing,
    pub(super) imitates_conformance_suite: bool,
    /// `None`: the product's.
    pub(super) back_channel: Option<BackChannel>,
    pub(super) refuses_refresh: bool,
    pub(super) keeps_refresh_tokens: bool,
    pub(super) offline_access_ends: bool,
    pub(super) revokes_all: bool,
    pub(super) omits_kid: bool,
    pub(super) special_sid: bool,
    pub(super) auto_login: Option<String>,
    pub(super) asks_at_logout: bool,
    pub(super) refuses_expired_hints: bool,
    pub(super) end_session_hop: Option<String>,
    pub(super) queued: HashMap<Endpoint, VecDeque<Answer>>,
    pub(super) permanent: HashMap<Endpoint, Answer>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("signing", &self.signing)
            .finish_non_exhaustive()
    }
}

impl ScriptState {
    pub(super) fn with_shape(shape: Shape) -> Self {
        Self {
            shape,
            settings: Mutex::default(),
            recorded: Mutex::default(),
            back_channel: BackChannelState::default(),
            revocations: Mutex::default(),
            clock_offset: AtomicI64::new(0),
            line: Line::default(),
            released: watch::Sender::new(0),
            arrived: watch::Sender::new(0),
        }
    }

    pub(super) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn recorded(&self) -> MutexGuard<'_, VecDeque<Recorded>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn record(&self, request: Recorded) {
        let mut recorded = self.recorded();
        if recorded.len() >= RECORDED_LIMIT {
            recorded.pop_front();
        }
        recorded.push_back(request);
        drop(recorded);
        self.arrived.send_modify(|count| *count += 1);
    }

    /// The answer whose turn it is.
    pub(super) fn next_answer(&self, endpoint: Endpoint) -> Answer {
        let mut settings = self.settings();
        let queued = settings.queued.get_mut(&endpoint).and_then(VecDeque::pop_front);
        queued
            .or_else(|| settings.permanent.get(&endpoint).cloned())
            .unwrap_or_else(Answer::normal)
    }

    pub(super) fn offset(&self) -> i64 {
        self.clock_offset.load(Ordering::SeqCst)
    }
}
