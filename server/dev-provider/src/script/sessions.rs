//! Sessions, logout and time, as a test directs them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::HeaderMap;

use super::Script;
use crate::back_channel::notify;
use crate::front_channel;

/// Sessions, logout and time.
impl Script {
    /// Signs this user in without the picker, where the picker would come and where another user is signed in.
    /// `prompt=none` is answered from the session as ever.
    ///
    /// # Panics
    ///
    /// If there is no such user.
    pub fn auto_login(&self, sub: &str) {
        assert!(self.provider.user(sub).is_some(), "no user has the sub {sub:?}");
        self.state.settings().auto_login = Some(sub.to_owned());
    }

    /// Shows the picker again.
    pub fn show_picker(&self) {
        self.state.settings().auto_login = None;
    }

    /// Asks at logout even with a good hint, or not.
    pub fn ask_at_logout(&self, ask: bool) {
        self.state.settings().asks_at_logout = ask;
    }

    /// Refuses expired `id_token_hint`s, or not.
    pub fn strict_exp_hint(&self, strict: bool) {
        self.state.settings().refuses_expired_hints = strict;
    }

    /// Sends the browser through another origin before a logout returns. `origin` is one under which this provider
    /// is reached too, such as `http://localhost:<port>`; `None` returns directly.
    pub fn end_session_hop(&self, origin: Option<&str>) {
        self.state.settings().end_session_hop = origin.map(ToOwned::to_owned);
    }

    /// Begins a session of this user, as a picker's button would, and returns the value of its cookie,
    /// [`SSO_COOKIE`](crate::SSO_COOKIE).
    ///
    /// # Panics
    ///
    /// If there is no such user.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test cannot go on without its session")]
    pub fn sign_in_session(&self, sub: &str) -> String {
        let user = self.provider.user(sub).expect("a user with this sub");
        self.provider
            .sign_in(user, &HeaderMap::new())
            .expect("random bytes")
            .cookie
    }

    /// Whether this value of the cookie still stands for a session.
    #[must_use]
    pub fn has_session(&self, cookie: &str) -> bool {
        let now = self.provider.now();
        self.provider.records().sessions.get(cookie, now).is_some()
    }

    /// Ends the session with this value of the cookie, as if it ended elsewhere. No relying party is told; see
    /// [`end_session_and_tell`](Self::end_session_and_tell).
    pub fn end_session(&self, cookie: &str) {
        self.provider.end_session(cookie);
    }

    /// The `sid` of the session with this value of the cookie, if it lives.
    #[must_use]
    pub fn sid(&self, cookie: &str) -> Option<String> {
        let now = self.provider.now();
        let records = self.provider.records();
        records
            .sessions
            .get(cookie, now)
            .map(|session| session.sid.clone())
    }

    /// The cookies of this person's live sessions, sorted.
    #[must_use]
    pub fn sessions_of(&self, sub: &str) -> Vec<String> {
        let now = self.provider.now();
        let mut cookies = self
            .provider
            .records()
            .sessions
            .keys(now, |session| session.sub == sub);
        cookies.sort_unstable();
        cookies
    }

    /// Ends the session with this value of the cookie, as an administrator would, and tells its relying parties through
    /// the back channel.
    pub async fn end_session_and_tell(&self, cookie: &str) {
        if let Some(ended) = self.provider.end_session(cookie) {
            notify(&self.provider, &ended).await;
        }
    }

    /// Ends all sessions of this person, as an administrator would, and tells their relying parties through the back
    /// channel.
    pub async fn end_sessions_of(&self, sub: &str) {
        for cookie in self.sessions_of(sub) {
            self.end_session_and_tell(&cookie).await;
        }
    }

    /// What a browser would load in frames if the session with this value of the cookie ended now.
    #[must_use]
    pub fn front_channel_uris(&self, cookie: &str) -> Vec<String> {
        let now = self.provider.now();
        let session = self.provider.records().sessions.get(cookie, now).cloned();
        session
            .map(|session| front_channel::frames(&self.provider, &session))
            .unwrap_or_default()
    }

    /// Changes what is added to the addresses that are loaded in frames: `iss` and `sid`, if the client wants them.
    pub fn change_front_channel(&self, change: impl Fn(&mut Vec<(String, String)>) + Send + Sync + 'static) {
        self.state.settings().front_channel = Some(Arc::new(change));
    }

    /// Moves this provider's clock, back if negative.
    pub fn advance_clock(&self, seconds: i64) {
        self.state.clock_offset.fetch_add(seconds, Ordering::SeqCst);
    }
}
