//! The single-sign-on session of a browser.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

use crate::config::User;
use crate::provider::Provider;
use crate::random::{RandomSourceFailed, unguessable};

/// The name of the cookie that holds a browser's session at the provider.
///
/// Ports of one host share a cookie jar, so it is a name no application uses.
pub const SSO_COOKIE: &str = "exeunt_dev_op";

/// Somebody is signed in in a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SsoSession {
    pub(crate) sub: String,
    pub(crate) sid: String,
    pub(crate) auth_time: i64,
}

/// The value of the request's session cookie. Two of them are as good as none.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == SSO_COOKIE)
        .map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// Sets the session cookie on an answer.
pub(crate) fn set_cookie(headers: &mut HeaderMap, value: &str) {
    append(
        headers,
        &format!("{SSO_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax"),
    );
}

/// Removes the session cookie with an answer.
pub(crate) fn remove_cookie(headers: &mut HeaderMap) {
    append(
        headers,
        &format!("{SSO_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    );
}

fn append(headers: &mut HeaderMap, cookie: &str) {
    // Only our own base64url values are ever set.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(SET_COOKIE, value);
    }
}

impl Provider {
    /// The session the request's cookie stands for.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<SsoSession> {
        let now = self.now();
        self.records().sessions.get(cookie(headers)?, now).cloned()
    }

    /// Signs `user` in: a session of the same person goes on with a new `auth_time`, another's ends. Returns the
    /// cookie's value with the session.
    pub(crate) fn sign_in(
        &self,
        user: &User,
        headers: &HeaderMap,
    ) -> Result<(String, SsoSession), RandomSourceFailed> {
        let (now, fresh_cookie, fresh_sid) = (self.now(), unguessable()?, self.conduct.sid(unguessable()?));
        let mut records = self.records();
        let old = cookie(headers);
        let continued = old
            .and_then(|old| records.sessions.get(old, now))
            .filter(|session| session.sub == user.sub)
            .map(|session| session.sid.clone());
        match (old, &continued) {
            // The cookie is renewed; what the session granted stays.
            (Some(old), Some(_)) => drop(records.sessions.take(old, now)),
            (Some(old), None) => records.end_session(old, now),
            (None, _) => {}
        }
        let session = SsoSession {
            sub: user.sub.clone(),
            sid: continued.unwrap_or(fresh_sid),
            auth_time: now,
        };
        records.sessions.insert(
            fresh_cookie.clone(),
            session.clone(),
            now + self.lifetimes.session,
            now,
        );
        Ok((fresh_cookie, session))
    }

    /// Ends the session of this browser.
    pub(crate) fn sign_out(&self, headers: &HeaderMap) {
        let now = self.now();
        if let Some(cookie) = cookie(headers) {
            self.records().end_session(cookie, now);
        }
    }
}
