//! Which cookies cross the border between browser and platform, in either direction: those on a list and no others.

use std::{fmt, str::FromStr};

use http::{HeaderMap, HeaderValue, header};

/// What is wrong with a list of cookie names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CookieNamesError {
    /// Not the name of a cookie.
    #[error("at place {0} is not the name of a cookie; write names like access_token, separated by commas")]
    Malformed(usize),
    /// A cookie of this app.
    #[error("at place {0} names a cookie of this app, which is nobody else's business; remove it")]
    Ours(usize),
}

/// Names of cookies. A name that is not here stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieNames(Vec<String>);

impl CookieNames {
    /// The platform's own: what its gateway sets.
    pub const DEFAULT: &'static str = "access_token,refresh_token,id_token";

    fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }

    /// The `Cookie` header for the platform: of what the browser sent, only what is on the list. `None` if nothing is.
    #[must_use]
    pub fn forward(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let pairs: Vec<&str> = self.pairs(headers).map(|(pair, _)| pair).collect();
        let mut value = (!pairs.is_empty())
            .then(|| HeaderValue::from_str(&pairs.join("; ")).ok())
            .flatten()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The values of the cookies on the list.
    pub fn values<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        self.pairs(headers).map(|(_, value)| value)
    }

    /// The pairs that the browser sent of cookies on the list, each whole and its value.
    fn pairs<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = (&'a str, &'a str)> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
            // One by one: another app of this origin may have set one that is no ASCII, which must not hide ours.
            .filter_map(|pair| std::str::from_utf8(pair).ok())
            .map(str::trim)
            .filter(|pair| pair.is_ascii())
            .filter_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                // Servers read a name with space around it as the same one.
                self.contains(name.trim()).then_some((pair, value.trim()))
            })
    }

    /// The removals of cookies on the list among what the platform's answer sets, written anew: a name, no value, where it
    /// applies, and that it is over. Whatever else the answer sets was meant for somebody else.
    #[must_use]
    pub fn relay(&self, answer: &HeaderMap) -> Vec<HeaderValue> {
        answer
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .filter_map(|value| self.removal(value))
            .collect()
    }

    fn removal(&self, set_cookie: &str) -> Option<HeaderValue> {
        let cookie = cookie::Cookie::parse(set_cookie).ok()?;
        let is_over = cookie.max_age().is_some_and(|age| !age.is_positive())
            || cookie
                .expires_datetime()
                .is_some_and(|moment| moment <= time::OffsetDateTime::UNIX_EPOCH + LONG_AGO);
        if !is_over || !self.contains(cookie.name()) {
            return None;
        }
        let plain = |text: &str| text.len() <= 256 && text.chars().all(|c| c.is_ascii_graphic() && c != ';');
        let mut removal = cookie::Cookie::build((cookie.name(), ""))
            .path(
                cookie
                    .path()
                    .filter(|path| path.starts_with('/') && plain(path))
                    .unwrap_or("/"),
            )
            .max_age(time::Duration::ZERO)
            .secure(cookie.secure().unwrap_or(false))
            .http_only(cookie.http_only().unwrap_or(false));
        if let Some(domain) = cookie.domain().filter(|domain| plain(domain)) {
            removal = removal.domain(domain);
        }
        if let Some(same_site) = cookie.same_site() {
            removal = removal.same_site(same_site);
        }
        HeaderValue::from_str(&removal.build().to_string()).ok()
    }
}

/// An `Expires` before the second day of 1970, which is how it is written that a cookie is over, whatever the clocks say.
const LONG_AGO: time::Duration = time::Duration::days(1);

impl Default for CookieNames {
    fn default() -> Self {
        Self(Self::DEFAULT.split(',').map(str::to_owned).collect())
    }
}

impl FromStr for CookieNames {
    type Err = CookieNamesError;

    /// Names, separated by commas; nothing is the empty list.
    fn from_str(text: &str) -> Result<Self, CookieNamesError> {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        text.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .enumerate()
            .map(|(index, name)| {
                if !name.chars().all(token) {
                    return Err(CookieNamesError::Malformed(index + 1));
                }
                let bare = name.trim_start_matches("__Host-").trim_start_matches("__Secure-");
                if bare == "exeunt" || bare.starts_with("exeunt-") {
                    return Err(CookieNamesError::Ours(index + 1));
                }
                Ok(name.to_owned())
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for CookieNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relayed(set_cookie: &'static str) -> Vec<String> {
        let answer = HeaderMap::from_iter([(header::SET_COOKIE, HeaderValue::from_static(set_cookie))]);
        let relayed = CookieNames::default().relay(&answer);
        relayed
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn k03_only_cookies_on_the_list_are_forwarded() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("theme=dark; access_token=a=b"),
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("__Host-exeunt-logout=x; refresh_token=r; xaccess_token=y"),
        );
        let names = CookieNames::default();
        assert_eq!(
            names.forward(&headers).unwrap(),
            "access_token=a=b; refresh_token=r"
        );
        let beside = HeaderValue::from_bytes("name=Zoë; access_token=a".as_bytes()).unwrap();
        let sibling = HeaderMap::from_iter([(header::COOKIE, beside)]);
        assert_eq!(
            names.forward(&sibling).unwrap(),
            "access_token=a",
            "another app's cookie hides none of ours"
        );
        let none: CookieNames = "".parse().unwrap();
        assert_eq!(none.forward(&headers), None);
    }

    #[test]
    fn f8_9_only_removals_of_cookies_on_the_list_are_relayed() {
        assert_eq!(
            relayed("access_token=; Path=/; Domain=k.example; Max-Age=0; HttpOnly; Secure; SameSite=Lax"),
            ["access_token=; HttpOnly; SameSite=Lax; Secure; Path=/; Domain=k.example; Max-Age=0"]
        );
        assert_eq!(
            relayed("refresh_token=\"\"; Path=/api; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
            ["refresh_token=; Path=/api; Max-Age=0"]
        );
        for other in [
            "access_token=fresh; Path=/",
            "access_token=fresh; Path=/; Max-Age=60",
            "theme=; Path=/; Max-Age=0",
            "__Host-exeunt=; Path=/; Max-Age=0",
            "=; Max-Age=0",
        ] {
            assert_eq!(relayed(other), [""; 0], "{other}");
        }
    }

    #[test]
    fn a_list_names_no_cookie_of_ours() {
        assert_eq!(
            "a,__Host-exeunt-logout".parse::<CookieNames>(),
            Err(CookieNamesError::Ours(2))
        );
        assert_eq!("a b".parse::<CookieNames>(), Err(CookieNamesError::Malformed(1)));
        assert_eq!(
            CookieNames::DEFAULT.parse::<CookieNames>().unwrap(),
            CookieNames::default()
        );
    }
}
