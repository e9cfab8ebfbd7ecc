//! The platform's two kinds of session: the gateway's, and the single sign-on session behind it.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::cookies::{self, GATEWAY_COOKIE, SINGLE_SIGN_ON_COOKIE};
use crate::expiring::Expiring;

/// How long the picker waits for a choice, in seconds.
const PAGE_LIFETIME: i64 = 600;

/// Somebody the gateway knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GatewaySession {
    /// By which administrators name it: no secret.
    pub(super) id: String,
    pub(super) sub: String,
    /// Unix seconds.
    pub(super) issued_at: i64,
}

/// Everything the platform remembers.
#[derive(Debug)]
pub(super) struct Sessions {
    /// By access token.
    gateway: Expiring<GatewaySession>,
    /// Who is signed in, by the value of the cookie.
    single_sign_on: Expiring<String>,
    /// Where browsers that are asked who they are return to.
    pending: Expiring<String>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            gateway: Expiring::with_limit(2_000),
            single_sign_on: Expiring::with_limit(2_000),
            pending: Expiring::with_limit(1_000),
        }
    }
}

/// How many sessions ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Purged {
    pub(super) gateway: usize,
    pub(super) single_sign_on: usize,
}

impl Sessions {
    /// Whom the gateway takes the sender of a request for.
    pub(super) fn of_request(&self, headers: &HeaderMap, now: i64) -> Option<&GatewaySession> {
        self.gateway.get(access_token(headers)?, now)
    }

    /// Who is signed in at the single sign-on in the browser that sent the request.
    pub(super) fn single_sign_on(&self, headers: &HeaderMap, now: i64) -> Option<&str> {
        let cookie = cookies::value(headers, SINGLE_SIGN_ON_COOKIE)?;
        self.single_sign_on.get(cookie, now).map(String::as_str)
    }

    pub(super) fn begin_gateway(
        &mut self,
        access_token: String,
        session: GatewaySession,
        expires_at: i64,
        now: i64,
    ) {
        self.gateway.insert(access_token, session, expires_at, now);
    }

    pub(super) fn begin_single_sign_on(&mut self, cookie: String, sub: String, expires_at: i64, now: i64) {
        self.single_sign_on.insert(cookie, sub, expires_at, now);
    }

    /// Ends the gateway's session of the browser that sent the request, and nothing else.
    pub(super) fn end_gateway(&mut self, headers: &HeaderMap, now: i64) -> Option<GatewaySession> {
        self.gateway.take(access_token(headers)?, now)
    }

    /// Ends the single sign-on session of the browser that sent the request.
    pub(super) fn end_single_sign_on(&mut self, headers: &HeaderMap, now: i64) -> Option<String> {
        let cookie = cookies::value(headers, SINGLE_SIGN_ON_COOKIE)?;
        self.single_sign_on.take(cookie, now)
    }

    /// The gateway's session of this name.
    pub(super) fn named(&self, id: &str, now: i64) -> Option<&GatewaySession> {
        self.gateway.values(now).find(|session| session.id == id)
    }

    /// Ends the gateway's session of this name.
    pub(super) fn end_named(&mut self, id: &str) {
        self.gateway.retain(|session| session.id != id);
    }

    /// Ends all that a person has.
    pub(super) fn purge(&mut self, sub: &str, now: i64) -> Purged {
        let purged = Purged {
            gateway: self.gateway.keys(now, |session| session.sub == sub).len(),
            single_sign_on: self.single_sign_on.keys(now, |of| of == sub).len(),
        };
        self.gateway.retain(|session| session.sub != sub);
        self.single_sign_on.retain(|of| of != sub);
        purged
    }

    pub(super) fn gateway_sessions(&self, now: i64) -> impl Iterator<Item = &GatewaySession> {
        self.gateway.values(now)
    }

    pub(super) fn single_sign_on_sessions(&self, now: i64) -> impl Iterator<Item = &String> {
        self.single_sign_on.values(now)
    }

    pub(super) fn keep_pending(&mut self, id: String, redirect_uri: String, now: i64) {
        self.pending.insert(id, redirect_uri, now + PAGE_LIFETIME, now);
    }

    pub(super) fn take_pending(&mut self, id: &str, now: i64) -> Option<String> {
        self.pending.take(id, now)
    }
}

/// The access token of a request: that of its cookie, else one sent as `Authorization: Bearer`.
pub(super) fn access_token(headers: &HeaderMap) -> Option<&str> {
    cookies::value(headers, GATEWAY_COOKIE).or_else(|| {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    })
}
