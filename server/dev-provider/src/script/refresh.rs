//! What becomes of refresh tokens.

use super::{Endpoint, Script};

/// Refreshing.
impl Script {
    /// Answers every refresh with `invalid_grant`, or not.
    pub fn refuse_refresh(&self, refuse: bool) {
        self.state.settings().refuses_refresh = refuse;
    }

    /// Gives a new refresh token with each refresh, as it does at first, or leaves the one there is good.
    pub fn rotate_refresh_tokens(&self, rotate: bool) {
        self.state.settings().keeps_refresh_tokens = !rotate;
    }

    /// Lets grants with `offline_access` end with their session as the others do, or not.
    pub fn end_offline_access_with_session(&self, ends: bool) {
        self.state.settings().offline_access_ends = ends;
    }

    /// How many refreshes were asked for, whatever the answer.
    #[must_use]
    pub fn refresh_count(&self) -> usize {
        self.requests(Endpoint::Token)
            .iter()
            .filter(|request| request.parameter("grant_type").as_deref() == Some("refresh_token"))
            .count()
    }
}
