//! Our cookies: their names, how they are read, set and removed (invariant I9).
//!
//! Every cookie is `HttpOnly` and `SameSite=Lax`. Over https at the root of a host the name begins with `__Host-`. Below
//! a path prefix that is impossible (it demands `Path=/`), so the name begins with `__Secure-` and holds a hash of the
//! prefix: two apps on one origin never touch each other's. A removal carries the same attributes as the setting, since
//! browsers ignore one for a prefixed name without `Secure`. What the prefixes demand:
//! [RFC 6265bis, section 4.1.3](https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-cookie-name-prefixes).

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::config::PublicUrl;

/// How long a login attempt may take: the life of its cookie.
pub const ATTEMPT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How long a pending logout is kept: the life of its cookie.
pub const PENDING_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How long the next login is remembered to ask the provider to prompt (invariant I19).
pub const PROMPT_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The value of a cookie in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It was not sent.
    None,
    /// It was sent once.
    One(String),
    /// It was sent more than once: somebody planted one (from a sibling domain, say). Treated as none.
    Several,
}

impl Presented {
    /// The value, if there is exactly one.
    #[must_use]
    pub fn one(self) -> Option<String> {
        match self {
            Self::One(value) => Some(value),
            Self::None | Self::Several => None,
        }
    }
}

/// The names and attributes of our cookies for one public address.
#[derive(Clone, Debug)]
pub struct Cookies {
    stem: String,
    path: String,
    secure: bool,
}

impl Cookies {
    /// For this public address.
    #[must_use]
    pub fn new(public_url: &PublicUrl) -> Self {
        let base = public_url.base_path();
        let secure = public_url.is_secure();
        let stem = if base.is_empty() {
            if secure {
                "__Host-exeunt".to_owned()
            } else {
                "exeunt".to_owned()
            }
        } else {
            let digest = Sha256::digest(base.as_bytes());
            let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            if secure {
                format!("__Secure-exeunt-{hash}")
            } else {
                format!("exeunt-{hash}")
            }
        };
        Self {
            stem,
            path: if base.is_empty() {
                "/".to_owned()
            } else {
                base.to_owned()
            },
            secure,
        }
    }

    /// The session cookie: an opaque random value.
    #[must_use]
    pub fn session(&self) -> String {
        self.stem.clone()
    }

    /// The cookie of one login attempt.
    #[must_use]
    pub fn attempt(&self, attempt_id: &str) -> String {
        format!("{}{attempt_id}", self.attempt_stem())
    }

    fn attempt_stem(&self) -> String {
        format!("{}-login-", self.stem)
    }

    /// The key of the pending logout.
    #[must_use]
    pub fn pending(&self) -> String {
        format!("{}-logout", self.stem)
    }

    /// The id of a session whose end the store could not carry out, sealed.
    #[must_use]
    pub fn unfinished(&self) -> String {
        format!("{}-unfinished", self.stem)
    }

    /// The note that the next login asks the provider to prompt.
    #[must_use]
    pub fn prompt(&self) -> String {
        format!("{}-prompt", self.stem)
    }

    /// The platform's sign-on that this app no longer accepts in this browser.
    #[must_use]
    pub fn signed_out(&self) -> String {
        format!("{}-signed-out", self.stem)
    }

    /// Reads one of our cookies from a request.
    #[must_use]
    pub fn read(&self, headers: &HeaderMap, name: &str) -> Presented {
        let mut found = Presented::None;
        for (candidate, value) in pairs(headers) {
            if candidate == name {
                if found != Presented::None {
                    return Presented::Several;
                }
                found = Presented::One(value.to_owned());
            }
        }
        found
    }

    /// All values of one of our cookies in a request: for those who end what they find, whoever planted it.
    #[must_use]
    pub fn values(&self, headers: &HeaderMap, name: &str) -> Vec<String> {
        pairs(headers)
            .filter(|(candidate, _)| *candidate == name)
            .map(|(_, value)| value.to_owned())
            .collect()
    }

    /// The login attempts of a request: (attempt id, value), in the order sent.
    #[must_use]
    pub fn attempts(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let stem = self.attempt_stem();
        pairs(headers)
            .filter_map(|(name, value)| Some((name.strip_prefix(&stem)?.to_owned(), value.to_owned())))
            .collect()
    }

    /// A `Set-Cookie` value. Without `max_age` the cookie lives as long as the browser runs.
    #[must_use]
    pub fn set(&self, name: &str, value: &str, max_age: Option<Duration>) -> Option<HeaderValue> {
        let mut cookie = cookie::Cookie::build((name, value))
            .path(&*self.path)
            .http_only(true)
            .same_site(cookie::SameSite::Lax)
            .secure(self.secure);
        if let Some(max_age) = max_age {
            cookie = cookie.max_age(time::Duration::try_from(max_age).unwrap_or(time::Duration::MAX));
        }
        HeaderValue::try_from(cookie.build().to_string()).ok()
    }

    /// A `Set-Cookie` value that removes the cookie.
    #[must_use]
    pub fn remove(&self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", Some(Duration::ZERO))
    }
}

/// Pair by pair: what another app of the site set may be no ASCII, and must not hide ours.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// Appends a `Set-Cookie` header.
pub fn append(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// Whether the response already says something about this cookie.
#[must_use]
pub fn is_set_by(headers: &HeaderMap, name: &str) -> bool {
    headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split_once('=')
                .is_some_and(|(candidate, _)| candidate.trim() == name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(url: &str) -> Cookies {
        Cookies::new(&url.parse().unwrap())
    }

    fn request(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn i9_names_carry_the_strongest_prefix_that_the_address_allows() {
        assert_eq!(cookies("https://app.example").session(), "__Host-exeunt");
        assert_eq!(cookies("http://localhost:3000").session(), "exeunt");
        let below = cookies("https://app.example/runtime/apps/a");
        assert!(below.session().starts_with("__Secure-exeunt-"));
        assert_eq!(below.session().len(), "__Secure-exeunt-".len() + 8);
        assert_ne!(
            below.session(),
            cookies("https://app.example/runtime/apps/b").session()
        );
    }

    #[test]
    fn i9_setting_and_removing_carry_the_same_attributes() {
        for (url, attributes) in [
            ("https://app.example", "HttpOnly; SameSite=Lax; Secure; Path=/"),
            ("https://app.example/a", "HttpOnly; SameSite=Lax; Secure; Path=/a"),
            ("http://localhost:3000", "HttpOnly; SameSite=Lax; Path=/"),
        ] {
            let cookies = cookies(url);
            let name = cookies.session();
            assert_eq!(
                cookies.set(&name, "v", None).unwrap(),
                format!("{name}=v; {attributes}")
            );
            assert_eq!(
                cookies.remove(&name).unwrap(),
                format!("{name}=; {attributes}; Max-Age=0")
            );
        }
    }

    #[test]
    fn f3_5_a_foreign_cookie_that_is_no_ascii_hides_none_of_ours() {
        let cookies = cookies("https://app.example");
        let name = cookies.session();
        for foreign in [&b"city=Z\xc3\xbcrich; "[..], b"city=Z\xfcrich; "] {
            let value = [foreign, name.as_bytes(), b"=a"].concat();
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(&value).unwrap())]);
            assert_eq!(cookies.read(&headers, &name), Presented::One("a".to_owned()));
        }
    }

    #[test]
    fn i9_two_cookies_of_one_name_are_treated_as_none() {
        let cookies = cookies("https://app.example");
        let name = cookies.session();
        assert_eq!(
            cookies.read(&request(&format!("{name}=a")), &name),
            Presented::One("a".to_owned())
        );
        assert_eq!(
            cookies.read(&request(&format!("{name}=a; {name}=a")), &name),
            Presented::Several
        );
        assert_eq!(cookies.read(&request("other=a"), &name), Presented::None);
        assert_eq!(Presented::Several.one(), None);
    }
}
