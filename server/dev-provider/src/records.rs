//! Everything the provider remembers.

use crate::authorization_request::AuthorizationRequest;
use crate::expiring::Expiring;
use crate::logout_request::LogoutRequest;
use crate::random::{RandomSourceFailed, unguessable};
use crate::sso_session::SsoSession;

/// How long a page of ours waits for its button.
const PAGE_LIFETIME: i64 = 600;

/// A person's permission for a client: the root of codes and tokens.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) sub: String,
    pub(crate) sid: String,
    pub(crate) auth_time: i64,
    pub(crate) scope: String,
}

impl Grant {
    /// Whether it outlives the session:
    /// [OpenID Connect Core 1.0, section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
    pub(crate) fn is_offline(&self) -> bool {
        self.scope.split(' ').any(|scope| scope == "offline_access")
    }
}

/// An authorization code's meaning.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) grant: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) used: bool,
}

/// A refresh token's meaning. A used one stays known, so that its reuse is noticed.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) grant: String,
    pub(crate) used: bool,
}

/// The provider's memory.
#[derive(Debug)]
pub(crate) struct Records {
    /// By the value of the cookie.
    pub(crate) sessions: Expiring<SsoSession>,
    pub(crate) grants: Expiring<Grant>,
    pub(crate) codes: Expiring<Code>,
    pub(crate) refresh_tokens: Expiring<RefreshToken>,
    /// Access tokens and the grants they belong to.
    pub(crate) access_tokens: Expiring<String>,
    pending_authorizations: Expiring<AuthorizationRequest>,
    pending_logouts: Expiring<LogoutRequest>,
    /// Where browsers that were sent on through another origin return to.
    pending_returns: Expiring<String>,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            sessions: Expiring::with_limit(2_000),
            grants: Expiring::with_limit(5_000),
            codes: Expiring::with_limit(5_000),
            refresh_tokens: Expiring::with_limit(20_000),
            access_tokens: Expiring::with_limit(20_000),
            pending_authorizations: Expiring::with_limit(1_000),
            pending_logouts: Expiring::with_limit(1_000),
            pending_returns: Expiring::with_limit(1_000),
        }
    }
}

impl Records {
    pub(crate) fn keep_authorization(
        &mut self,
        request: AuthorizationRequest,
        now: i64,
    ) -> Result<String, RandomSourceFailed> {
        keep(&mut self.pending_authorizations, request, now)
    }

    pub(crate) fn take_authorization(&mut self, id: &str, now: i64) -> Option<AuthorizationRequest> {
        self.pending_authorizations.take(id, now)
    }

    pub(crate) fn keep_logout(
        &mut self,
        request: LogoutRequest,
        now: i64,
    ) -> Result<String, RandomSourceFailed> {
        keep(&mut self.pending_logouts, request, now)
    }

    pub(crate) fn take_logout(&mut self, id: &str, now: i64) -> Option<LogoutRequest> {
        self.pending_logouts.take(id, now)
    }

    pub(crate) fn keep_return(&mut self, url: String, now: i64) -> Result<String, RandomSourceFailed> {
        keep(&mut self.pending_returns, url, now)
    }

    pub(crate) fn take_return(&mut self, id: &str, now: i64) -> Option<String> {
        self.pending_returns.take(id, now)
    }

    /// Ends the session behind a cookie, and with it what it granted, save offline access where that outlives it.
    pub(crate) fn end_session(&mut self, cookie: &str, now: i64, offline_too: bool) -> Option<SsoSession> {
        let session = self.sessions.take(cookie, now)?;
        self.grants
            .retain(|grant| grant.sid != session.sid || (grant.is_offline() && !offline_too));
        Some(session)
    }

    /// A client has part in the session from here on.
    pub(crate) fn join_session(&mut self, sid: &str, client_id: &str, now: i64) {
        if let Some(session) = self.sessions.find_mut(now, |session| session.sid == sid)
            && !session.clients.iter().any(|known| known == client_id)
        {
            session.clients.push(client_id.to_owned());
        }
    }

    /// A grant that still counts: without offline access it goes with its session, also when that merely expired.
    pub(crate) fn live_grant(&self, grant: &str, now: i64) -> Option<&Grant> {
        let in_session = |grant: &&Grant| self.sessions.any(now, |session| session.sid == grant.sid);
        self.grants
            .get(grant, now)
            .filter(|grant| grant.is_offline() || in_session(grant))
    }

    /// Withdraws a grant: its code and tokens are good for nothing from here. Returns the tokens.
    pub(crate) fn withdraw(&mut self, grant: &str, now: i64) -> Vec<String> {
        self.grants.take(grant, now);
        let mut gone = self.access_tokens.keys(now, |of| of == grant);
        gone.extend(self.refresh_tokens.keys(now, |token| token.grant == grant));
        self.access_tokens.retain(|of| of != grant);
        self.refresh_tokens.retain(|token| token.grant != grant);
        gone
    }
}

fn keep<T>(pending: &mut Expiring<T>, value: T, now: i64) -> Result<String, RandomSourceFailed> {
    let id = unguessable()?;
    pending.insert(id.clone(), value, now + PAGE_LIFETIME, now);
    Ok(id)
}
