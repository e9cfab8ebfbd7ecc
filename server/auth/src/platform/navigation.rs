//! Whether somebody goes to a page on purpose, as far as the browser can tell.

use http::HeaderMap;

/// A document, in a tab of its own, after a press on a page of this origin: then nobody else can have sent the browser here. From
/// `none` come addresses that were typed, and links in a mail or a chat as well. Browsers that do not say all of it are not believed to.
/// [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/#framework)
pub(super) fn is_deliberate(headers: &HeaderMap) -> bool {
    let is = |name: &str, wanted: &str| {
        let mut values = headers.get_all(name).iter();
        matches!((values.next(), values.next()), (Some(value), None) if value == wanted)
    };
    is("sec-fetch-site", "same-origin")
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
        && is("sec-fetch-user", "?1")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESS: [(&str, &str); 4] = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-user", "?1"),
    ];

    fn judge(changed: &str, value: Option<&str>) -> bool {
        let kept = PRESS.into_iter().filter(|(name, _)| *name != changed);
        let changed = value.map(|value| (changed, value));
        let headers: HeaderMap = kept
            .chain(changed)
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        is_deliberate(&headers)
    }

    #[test]
    fn i19_only_a_press_on_a_page_of_ours_is_deliberate() {
        assert!(judge("", None));
        for (name, value) in [
            ("sec-fetch-site", "none"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-dest", "image"),
            ("sec-fetch-dest", "iframe"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-user", "?0"),
        ] {
            assert!(!judge(name, Some(value)), "{name}: {value}");
        }
        for (name, _) in PRESS {
            assert!(!judge(name, None), "without {name}");
        }
    }
}
