//! Where a person may be sent on after signing out.

use std::str::FromStr;

use url::Url;

use super::{
    PublicUrl,
    address::{self, Query, UrlError},
};

/// What is wrong with an entry of the allow-list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostLogoutUriError {
    /// An absolute URL that is not acceptable.
    #[error("at place {place} {error}")]
    Url {
        /// Its place in the list, from 1.
        place: usize,
        /// What is wrong with it.
        error: UrlError,
    },
    /// A path that a browser would not read as one.
    #[error(
        "at place {0} is not a plain path; begin it with one slash and use no spaces, backslashes, dots as segments or #"
    )]
    Path(usize),
}

/// The addresses that a caller of logout may ask to continue to: absolute URLs, compared character by character, and
/// paths of our own origin. Empty by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostLogoutUris(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Absolute(String),
    Path(String),
}

impl PostLogoutUris {
    /// The absolute URL to continue to, if what was asked for is on the list; a path of ours may be asked for as a path or
    /// in full.
    #[must_use]
    pub fn resolve(&self, requested: &str, public_url: &PublicUrl) -> Option<String> {
        self.0.iter().find_map(|entry| match entry {
            Entry::Absolute(uri) => (uri == requested).then(|| uri.clone()),
            Entry::Path(path) => {
                let absolute = format!("{}{path}", public_url.origin());
                (path == requested || absolute == requested).then_some(absolute)
            }
        })
    }

    /// Whether nothing is on the list.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for PostLogoutUris {
    type Err = PostLogoutUriError;

    /// Entries are separated by commas or white space; a comma inside a URL is written `%2C`.
    fn from_str(text: &str) -> Result<Self, PostLogoutUriError> {
        text.split(|c: char| c == ',' || c.is_whitespace())
            .filter(|entry| !entry.is_empty())
            .enumerate()
            .map(|(index, entry)| parse_entry(entry, index + 1))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn parse_entry(text: &str, place: usize) -> Result<Entry, PostLogoutUriError> {
    if text.starts_with('/') {
        return if is_plain_path(text) {
            Ok(Entry::Path(text.to_owned()))
        } else {
            Err(PostLogoutUriError::Path(place))
        };
    }
    address::parse(text, Query::Allowed)
        .map(|_| Entry::Absolute(text.to_owned()))
        .map_err(|error| PostLogoutUriError::Url { place, error })
}

/// A path is plain if the URL parser, given a base, leaves it exactly as it is.
fn is_plain_path(text: &str) -> bool {
    let resolved = Url::parse("https://base.invalid").and_then(|base| base.join(text));
    resolved.is_ok_and(|url| {
        url.fragment().is_none() && url.as_str().strip_prefix("https://base.invalid") == Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public_url() -> PublicUrl {
        "https://app.example/base".parse().unwrap()
    }

    #[test]
    fn i7_only_what_is_on_the_list_is_allowed_and_only_exactly() {
        let list: PostLogoutUris = "https://www.example/bye?x=1, /other/bye".parse().unwrap();
        let resolve = |asked| list.resolve(asked, &public_url());
        assert_eq!(
            resolve("https://www.example/bye?x=1").as_deref(),
            Some("https://www.example/bye?x=1")
        );
        assert_eq!(
            resolve("/other/bye").as_deref(),
            Some("https://app.example/other/bye")
        );
        assert_eq!(
            resolve("https://app.example/other/bye").as_deref(),
            Some("https://app.example/other/bye")
        );
        for wrong in [
            "https://www.example/bye",
            "https://www.example/bye?x=1#",
            "https://WWW.example/bye?x=1",
            "https://www.example.evil.example/bye?x=1",
            "/other/bye/",
            "//app.example/other/bye",
            "http://app.example/other/bye",
            "/",
            "",
        ] {
            assert_eq!(resolve(wrong), None, "{wrong}");
        }
        assert_eq!(PostLogoutUris::default().resolve("/", &public_url()), None);
    }

    #[test]
    fn wrong_entries_are_named_by_their_place() {
        let refused = |text: &str| text.parse::<PostLogoutUris>().unwrap_err();
        assert_eq!(
            refused("/a,http://www.example"),
            PostLogoutUriError::Url {
                place: 2,
                error: UrlError::NotHttps
            }
        );
        assert_eq!(
            refused("bye"),
            PostLogoutUriError::Url {
                place: 1,
                error: UrlError::Malformed
            }
        );
        for path in [
            "//evil.example",
            "/\\evil.example",
            "/a/../b",
            "/a#b",
            "/ä",
            "/./a",
        ] {
            assert_eq!(refused(path), PostLogoutUriError::Path(1), "{path}");
        }
        assert!(" ,\n".parse::<PostLogoutUris>().unwrap().is_empty());
    }
}
