//! Which page stands where.

use crate::texts::Texts;

/// A page of the app. Each is a document of its own: a link loads it from the server, which knows best what may be shown,
/// and nothing that one page held in memory outlives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Home,
    /// `/account`
    Account,
    /// `/sessions`
    OwnSessions,
    /// `/logged-out`
    LoggedOut,
    /// Any other address.
    NotFound,
}

impl Route {
    /// The pages that there are, with their paths below the [`Base`](crate::Base).
    pub const ALL: [(&'static str, Self); 4] = [
        ("/", Self::Home),
        ("/account", Self::Account),
        ("/sessions", Self::OwnSessions),
        ("/logged-out", Self::LoggedOut),
    ];

    /// The page at a path below the [`Base`](crate::Base).
    #[must_use]
    pub fn at(path: &str) -> Self {
        let path = if path.is_empty() { "/" } else { path };
        let found = Self::ALL.into_iter().find(|(own, _)| *own == path);
        found.map_or(Self::NotFound, |(_, route)| route)
    }

    /// The page that is asked for.
    #[cfg(feature = "ssr")]
    pub(crate) fn current() -> Self {
        // The prefix was taken off in front of the router.
        leptos::prelude::use_context::<http::request::Parts>()
            .map_or(Self::NotFound, |parts| Self::at(parts.uri.path()))
    }

    /// The page that is shown.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn current() -> Self {
        let path = leptos::prelude::location().pathname().unwrap_or_default();
        let base = crate::Base::current();
        Self::at(path.strip_prefix(base.as_str()).unwrap_or(&path))
    }

    /// The part of the program that has the page, in a build that divides it. `None`: the page goes with every document.
    #[cfg(feature = "ssr")]
    pub(crate) const fn part(self) -> Option<&'static str> {
        match self {
            Self::Account => Some("account"),
            Self::OwnSessions => Some("own_sessions"),
            Self::LoggedOut => Some("logged_out"),
            Self::Home | Self::NotFound => None,
        }
    }

    /// What stands in the title of its window.
    #[cfg_attr(
        not(feature = "ssr"),
        expect(dead_code, reason = "the server writes it into the document")
    )]
    pub(crate) const fn title(self, texts: &Texts) -> &'static str {
        match self {
            Self::Home => texts.home.title,
            Self::Account => texts.account.title,
            Self::OwnSessions => texts.own_sessions.title,
            Self::LoggedOut => texts.logged_out.title,
            Self::NotFound => texts.fault.not_found_title,
        }
    }
}

/// A value of the query of the address that is asked for.
#[cfg(feature = "ssr")]
pub(crate) fn asked_for(name: &str) -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    let query = parts.uri.query()?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// A value of the query of the address that is shown.
#[cfg(not(feature = "ssr"))]
pub(crate) fn asked_for(name: &str) -> Option<String> {
    let search = leptos::prelude::location().search().ok()?;
    // Never fails on text.
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_found_at_its_own_path_and_nowhere_else() {
        for (path, route) in Route::ALL {
            assert_eq!(Route::at(path), route);
            if path != "/" {
                assert_eq!(Route::at(&[path, "/"].concat()), Route::NotFound);
                assert_eq!(Route::at(&[path, "x"].concat()), Route::NotFound);
            }
        }
        assert_eq!(Route::at(""), Route::Home);
        assert_eq!(Route::at("//account"), Route::NotFound);
    }
}
