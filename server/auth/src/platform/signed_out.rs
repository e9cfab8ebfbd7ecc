//! Which sign-on of the platform this app no longer accepts.
//!
//! The session is the platform's, and its gateway goes on to say who somebody is for as long as the platform lets it. What this
//! app can do by itself, at once and for certain, is to stop listening: after a sign-out the *sign-on that was used* counts for
//! nothing here. A new sign-on is another one; and whoever begins to sign in here has asked to be listened to again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::{cookies::CookieNames, identity::Identity};
use crate::clock::Timestamp;

/// How long this process remembers it, and the browser too.
pub const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The most that this process remembers; the browsers remember the rest.
const MOST: usize = 100_000;

/// Names a sign-on: a digest of what the browser shows to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignOn {
    digest: [u8; 32],
    /// Whether another browser of the same person has another one.
    is_of_this_browser: bool,
}

impl SignOn {
    /// From the request: the platform's cookies, else `Authorization`, else the gateway's token. Where the gateway lets none of them
    /// through, all that names the sign-on is the person.
    #[must_use]
    pub fn of(headers: &HeaderMap, cookies: &CookieNames, identity: &Identity) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"exeunt platform sign-on v1");
        // The first that there is: what the gateway mints anew for each request would name every request.
        let shown = cookies
            .forward(headers)
            .or_else(|| headers.get(header::AUTHORIZATION).cloned())
            .or_else(|| headers.get(HeaderName::from_static("x-auth-token")).cloned());
        let is_of_this_browser = shown.is_some();
        match &shown {
            Some(value) => digest.update(value.as_bytes()),
            None => digest.update(identity.person.user_id.as_bytes()),
        }
        Self {
            digest: digest.finalize().into(),
            is_of_this_browser,
        }
    }

    /// Whether it is told apart from those that the same person has in other browsers.
    #[must_use]
    pub const fn is_of_this_browser(&self) -> bool {
        self.is_of_this_browser
    }

    /// The value of the cookie that remembers it. It opens nothing.
    #[must_use]
    pub fn cookie_value(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.digest)
    }

    /// Whether a cookie remembers this one.
    #[must_use]
    pub fn is(&self, cookie_value: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(cookie_value)
            .is_ok_and(|digest| bool::from(digest.ct_eq(&self.digest)))
    }
}

/// What this process remembers, so that a sign-on is dead before the platform is asked, and for whoever replays it without
/// the browser's cookie too.
#[derive(Debug, Default)]
pub struct SignedOut(Mutex<HashMap<[u8; 32], Timestamp>>);

impl SignedOut {
    /// From now on it counts for nothing.
    pub fn remember(&self, sign_on: &SignOn, now: Timestamp) {
        // By the person alone it would be that of other browsers too.
        if !sign_on.is_of_this_browser {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, until| *until > now);
        }
        if known.len() < MOST {
            known.insert(sign_on.digest, now + LIFETIME);
        }
    }

    /// It counts again: the person begins to sign in.
    pub fn forget(&self, sign_on: &SignOn) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&sign_on.digest);
    }

    /// Whether it counts for nothing.
    #[must_use]
    pub fn contains(&self, sign_on: &SignOn, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&sign_on.digest).is_some_and(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Person;
    use http::HeaderValue;

    fn sign_on(cookie: &'static str, user_id: &str) -> SignOn {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))]);
        let identity = Identity {
            person: Person {
                user_id: user_id.to_owned(),
                email: None,
                name: None,
                roles: Vec::new(),
            },
            workroom_id: None,
            workroom_role: None,
        };
        SignOn::of(&headers, &CookieNames::default(), &identity)
    }

    #[test]
    fn i3_a_sign_on_is_named_by_what_the_browser_shows() {
        let one = sign_on("access_token=a; theme=dark", "ada");
        assert_eq!(one, sign_on("theme=light; access_token=a", "ada"));
        assert_ne!(one, sign_on("access_token=b", "ada"));
        assert!(one.is(&one.cookie_value()));
        assert!(!one.is(&sign_on("access_token=b", "ada").cookie_value()));
        assert!(!one.is("") && !one.is("not base64!"));
    }

    #[test]
    fn i3_what_was_signed_out_stays_so_until_the_person_signs_in() {
        let (known, now) = (SignedOut::default(), Timestamp::from_seconds(1_000));
        let one = sign_on("access_token=a", "ada");
        known.remember(&one, now);
        assert!(known.contains(&one, now + LIFETIME - Duration::from_secs(1)));
        assert!(!known.contains(&one, now + LIFETIME));
        assert!(!known.contains(&sign_on("access_token=b", "ada"), now));
        known.forget(&one);
        assert!(!known.contains(&one, now));
    }

    #[test]
    fn other_browsers_of_the_person_are_not_touched() {
        let (known, now) = (SignedOut::default(), Timestamp::from_seconds(1_000));
        let one = sign_on("theme=dark", "ada");
        known.remember(&one, now);
        assert!(!known.contains(&one, now));
    }
}
