//! What was revoked.

use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};

use super::Script;
use super::state::ScriptState;

/// What relying parties revoked.
#[derive(Debug, Default)]
pub(super) struct Revocations {
    /// As they were named, in the order they came.
    named: Vec<String>,
    /// Everything that went with them.
    gone: HashSet<String>,
}

impl Revocations {
    pub(super) fn add(&mut self, token: &str, gone: Vec<String>) {
        self.named.push(token.to_owned());
        self.gone.extend(gone);
    }
}

impl ScriptState {
    pub(super) fn revocations(&self) -> MutexGuard<'_, Revocations> {
        self.revocations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Revocation.
impl Script {
    /// Revokes, with any one token, everything that its client has of the person, or not.
    pub fn revoke_grant_wide(&self, grant_wide: bool) {
        self.state.settings().revokes_all = grant_wide;
    }

    /// The tokens that relying parties asked to revoke and were answered 200 for, the oldest first; unknown ones too.
    #[must_use]
    pub fn revoked_tokens(&self) -> Vec<String> {
        self.state.revocations().named.clone()
    }

    /// Whether this token was good until a revocation, its own or another's that took it along.
    #[must_use]
    pub fn is_revoked(&self, token: &str) -> bool {
        self.state.revocations().gone.contains(token)
    }

    /// The access and refresh tokens that are still good for something, sorted.
    #[must_use]
    pub fn live_tokens(&self) -> Vec<String> {
        let now = self.provider.now();
        let records = self.provider.records();
        let is_live = |grant: &str| records.live_grant(grant, now).is_some();
        let mut live = records.access_tokens.keys(now, |grant| is_live(grant));
        live.extend(
            records
                .refresh_tokens
                .keys(now, |token| !token.used && is_live(&token.grant)),
        );
        live.sort_unstable();
        live
    }
}
