//! Where a person goes after signing in: a path of our own, never another origin (invariant I7).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::PublicUrl;

/// A path (with query and fragment) below our base path, without scheme or host: safe in a `Location` header.
///
/// It is kept *without* the base path, so `/account` is the account page wherever the app is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnTo(String);

/// The longest path that is accepted, in bytes, before and after it is encoded: it travels in a cookie.
const LONGEST: usize = 1024;

impl ReturnTo {
    /// The app's first page.
    #[must_use]
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// Reads a path, or an absolute URL of our own origin and base path. Everything else is the first page: a link that
    /// was tampered with still signs in, it just leads nowhere foreign.
    #[must_use]
    pub fn parse(value: &str, public_url: &PublicUrl) -> Self {
        Self::try_parse(value, public_url).unwrap_or_else(Self::home)
    }

    /// Like [`Self::parse`], but tells a refused value from an accepted one.
    #[must_use]
    pub fn try_parse(value: &str, public_url: &PublicUrl) -> Option<Self> {
        if value.len() > LONGEST || value.chars().any(|c| c.is_control() || c == '\\') {
            return None;
        }
        let origin = Url::parse(public_url.origin()).ok()?;
        let url = if value.starts_with('/') && !value.starts_with("//") {
            // A page names itself as the address bar shows it, with the base path; a caller of the API may leave it out.
            let base = public_url.base_path();
            let has_base = value
                .strip_prefix(base)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
            origin
                .join(&if has_base {
                    value.to_owned()
                } else {
                    format!("{base}{value}")
                })
                .ok()?
        } else if value.starts_with("https://") || value.starts_with("http://") {
            Url::parse(value).ok()?
        } else {
            return None;
        };
        if url.origin() != origin.origin() || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let path = match url.path().strip_prefix(public_url.base_path())? {
            "" => "/",
            path => path,
        };
        // After normalisation nothing may be left that a browser reads as another host.
        if !path.starts_with('/') || path.starts_with("//") || has_encoded_separator(path) {
            return None;
        }
        let mut path = path.to_owned();
        // Both are encoded by now: nothing in them ends a header, and neither can change whose address it is.
        for (mark, part) in [('?', url.query()), ('#', url.fragment())] {
            if let Some(part) = part.filter(|part| mark == '?' || !part.is_empty()) {
                path.push(mark);
                path.push_str(part);
            }
        }
        (path.len() <= LONGEST).then_some(Self(path))
    }

    /// The path with query and fragment, without the base path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same without the fragment: for whoever may add a query at its end, or takes no address with a fragment.
    #[must_use]
    pub fn without_fragment(&self) -> &str {
        self.0.split('#').next().unwrap_or(&self.0)
    }
}

/// `/%2f…` and `/%5c…` at the start: some proxies decode before they route.
fn has_encoded_separator(path: &str) -> bool {
    let start = path.get(..4).unwrap_or(path).to_ascii_lowercase();
    start.starts_with("/%2f")
        || start.starts_with("/%5c")
        || start.starts_with("/%09")
        || start.starts_with("/%0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i7_f2_13_nothing_leads_to_another_origin() {
        let here: PublicUrl = "https://app.example".parse().unwrap();
        let long = format!("/{}", "a".repeat(8192));
        for attack in [
            "//evil",
            "/\\evil",
            "\\\\evil",
            "/%09/evil",
            "/\t/evil",
            "https:evil",
            "https://evil",
            "javascript:alert(1)",
            "data:text/html,x",
            "/%0d%0aSet-Cookie:x",
            "/..//evil",
            "///evil",
            "%2f%2fevil",
            "https://app.example@evil/",
            "https://app.example.evil/",
            "http://app.example/",
            "",
            "evil",
            "/a\0b",
            "/\r\nLocation: https://evil",
            &long,
            "/%2fevil",
            "/%5cevil",
            "/.//evil",
            "https://user@app.example/",
            "//evil#/account",
            "/\\evil#x",
            "https://evil#@app.example/",
            "https:#//evil",
            "#//evil",
            "#",
            "/a#b\r\nLocation: https://evil",
            "/a#b\\c",
        ] {
            let path = ReturnTo::parse(attack, &here);
            assert_eq!(path.as_str(), "/", "{attack:?}");
        }
    }

    #[test]
    fn own_paths_and_own_absolute_addresses_are_kept() {
        let here: PublicUrl = "https://app.example".parse().unwrap();
        for (value, path) in [
            ("/account", "/account"),
            ("/foo?next=//evil", "/foo?next=//evil"),
            ("/@evil", "/@evil"),
            ("/a/../b", "/b"),
            ("https://app.example/account?x=1#part", "/account?x=1#part"),
            ("/account#", "/account"),
            ("/account#a?b#c", "/account#a?b#c"),
            ("/account#//evil", "/account#//evil"),
            ("/#https://evil", "/#https://evil"),
            ("/account#\"<straße>", "/account#%22%3Cstra%C3%9Fe%3E"),
            ("/straße", "/stra%C3%9Fe"),
        ] {
            assert_eq!(ReturnTo::parse(value, &here).as_str(), path, "{value:?}");
        }
    }

    #[test]
    fn below_a_prefix_a_path_cannot_climb_out() {
        let here: PublicUrl = "https://app.example/some/app".parse().unwrap();
        for own in ["/account", "/some/app/account"] {
            assert_eq!(ReturnTo::parse(own, &here).as_str(), "/account", "{own}");
        }
        assert_eq!(ReturnTo::parse("/some/app?x=1", &here).as_str(), "/?x=1");
        assert_eq!(ReturnTo::parse("/some/app#x", &here).as_str(), "/#x");
        assert_eq!(
            ReturnTo::parse("https://app.example/some/app/account", &here).as_str(),
            "/account"
        );
        for outside in [
            "https://app.example/other",
            "/../../other",
            "https://app.example/some/apple",
            "/../apple",
            "/../other#/some/app/account",
        ] {
            assert_eq!(ReturnTo::parse(outside, &here).as_str(), "/", "{outside:?}");
        }
    }

    #[test]
    fn a_fragment_is_left_out_where_it_would_be_in_the_way() {
        let here: PublicUrl = "https://app.example".parse().unwrap();
        for (value, path) in [
            ("/account?x=1#part", "/account?x=1"),
            ("/account#a#b", "/account"),
            ("/account?x=1", "/account?x=1"),
        ] {
            assert_eq!(ReturnTo::parse(value, &here).without_fragment(), path);
        }
    }
}
