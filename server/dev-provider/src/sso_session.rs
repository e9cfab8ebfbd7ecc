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
    /// The value of the cookie that the session-checking frame reads.
    pub(crate) browser_state: String,
    /// Who got an answer for this session: whom its end concerns, in the order they came.
    pub(crate) clients: Vec<String>,
}

/// What a sign-in makes of a browser.
#[derive(Debug)]
pub(crate) struct SignedIn {
    /// The value of the cookie.
    pub(crate) cookie: String,
    pub(crate) session: SsoSession,
    /// Another person's session, which ended by it.
    pub(crate) ended: Option<SsoSession>,
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

    /// Signs `user` in: a session of the same person goes on with a new `auth_time`, another's ends.
    pub(crate) fn sign_in(&self, user: &User, headers: &HeaderMap) -> Result<SignedIn, RandomSourceFailed> {
        let (now, fresh_cookie) = (self.now(), unguessable()?);
        let mut session = SsoSession {
            sub: user.sub.clone(),
            sid: self.conduct.sid(unguessable()?),
            auth_time: now,
            browser_state: unguessable()?,
            clients: Vec::new(),
        };
        let mut ended = None;
        let mut records = self.records();
        if let Some(old) = cookie(headers) {
            let continues = records
                .sessions
                .get(old, now)
                .is_some_and(|known| known.sub == user.sub);
            if !continues {
                ended = records.end_session(old, now, self.conduct.offline_access_ends());
            } else if let Some(known) = records.sessions.take(old, now) {
                // The cookie is renewed; what the session granted stays.
                session = SsoSession {
                    auth_time: now,
                    ..known
                };
            }
        }
        records.sessions.insert(
            fresh_cookie.clone(),
            session.clone(),
            now + self.lifetimes.session,
            now,
        );
        Ok(SignedIn {
            cookie: fresh_cookie,
            session,
            ended,
        })
    }

    /// Ends the session of this browser.
    pub(crate) fn sign_out(&self, headers: &HeaderMap) -> Option<SsoSession> {
        self.end_session(cookie(headers)?)
    }

    /// Ends the session behind a value of the cookie. Its clients are not told by this.
    pub(crate) fn end_session(&self, cookie: &str) -> Option<SsoSession> {
        let now = self.now();
        let offline_too = self.conduct.offline_access_ends();
        self.records().end_session(cookie, now, offline_too)
    }
}
