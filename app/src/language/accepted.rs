//! The language that a request asks for.
//! [RFC 9110, section 12.5.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4)

use http::{HeaderMap, header::ACCEPT_LANGUAGE};

use super::Language;

impl Language {
    /// The one that a request asks for by its headers; English if it asks for none that is there.
    #[must_use]
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_LANGUAGE).iter();
        let ranges = values.filter_map(|value| value.to_str().ok());
        Self::accepted(&ranges.collect::<Vec<_>>().join(","))
    }

    /// The best of a value of `Accept-Language`: by quality, then by what was named first. `*` stands for whatever is not
    /// named beside it. What cannot be read counts as not there.
    #[must_use]
    pub fn accepted(value: &str) -> Self {
        let ranges: Vec<_> = value.split(',').filter_map(range).collect();
        let is_named = |language: &Self| ranges.iter().any(|(tag, _)| Self::of_tag(tag) == Some(*language));
        let mut best = (Self::default(), 0);
        for (tag, quality) in &ranges {
            let language = if *tag == "*" {
                Self::ALL.into_iter().find(|language| !is_named(language))
            } else {
                Self::of_tag(tag)
            };
            if let Some(language) = language.filter(|_| *quality > best.1) {
                best = (language, *quality);
            }
        }
        best.0
    }
}

/// A tag and its quality, in thousandths.
fn range(text: &str) -> Option<(&str, u16)> {
    let (tag, parameter) = text
        .split_once(';')
        .map_or((text, None), |(tag, parameter)| (tag, Some(parameter)));
    let quality = parameter.map_or(Some(1000), |parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_quality = name.trim().eq_ignore_ascii_case("q");
        is_quality.then(|| thousandths(value.trim())).flatten()
    });
    Some((tag.trim(), quality?))
}

/// `0`, `0.5`, `0.333`, `1`, `1.000`; nothing below, above or finer.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    match (whole, rest) {
        ("0", rest) => Some(rest),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Language::{self, English, German},
        *,
    };

    #[test]
    fn what_is_asked_for_most_is_spoken() {
        for (value, language) in [
            ("de", German),
            ("DE", German),
            ("en", English),
            ("de, en", German),
            ("en, de", English),
            ("de;q=0.9, en;q=0.8", German),
            ("de;q=0.8, en;q=0.9", English),
            ("en;q=0.333,de;q=0.334", German),
            ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", English),
            ("fr, de;q=0.1", German),
            ("de ; Q = 0.5 , en;q=0.4", German),
        ] {
            assert_eq!(Language::accepted(value), language, "{value}");
        }
    }

    #[test]
    fn a_country_does_not_matter_but_the_whole_first_part_does() {
        for (value, language) in [
            ("de-AT", German),
            ("de-ch-1996", German),
            ("de-AT;q=0.9, en-US;q=0.8", German),
            ("en-GB, de-DE;q=0.9", English),
            ("den", English),
            ("d", English),
            ("fr-de", English),
            ("de_AT", English),
        ] {
            assert_eq!(Language::accepted(value), language, "{value}");
        }
    }

    #[test]
    fn a_star_is_whatever_is_not_named() {
        for (value, language) in [
            ("*", English),
            ("fr, *;q=0.5", English),
            ("en;q=0, *", German),
            ("en;q=0.2, *;q=0.9", German),
            ("*;q=0.9, de;q=0.8", English),
            ("*;q=0.1, de;q=0.8", German),
        ] {
            assert_eq!(Language::accepted(value), language, "{value}");
        }
    }

    #[test]
    fn what_is_refused_garbled_or_missing_leaves_english() {
        for value in [
            "",
            ",",
            " , ;",
            "de;q=0",
            "de;q=0.000",
            "de;q=x",
            "de;q=",
            "de;q",
            "de;level=1",
            "de;q=1.1",
            "de;q=2",
            "de;q=-1",
            "de;q=0.1234",
            "de;q=0.5;q=0.7",
            "fr",
            "\u{1f3ad}",
            "deutsch",
        ] {
            assert_eq!(Language::accepted(value), English, "{value:?}");
        }
    }

    #[test]
    fn several_headers_are_one_list_and_none_is_english() {
        let mut headers = HeaderMap::new();
        assert_eq!(Language::of_headers(&headers), English);
        headers.append(ACCEPT_LANGUAGE, http::HeaderValue::from_static("fr"));
        headers.append(ACCEPT_LANGUAGE, http::HeaderValue::from_static("de;q=0.5"));
        assert_eq!(Language::of_headers(&headers), German);
        headers.append(ACCEPT_LANGUAGE, http::HeaderValue::from_bytes(b"en\xff").unwrap());
        assert_eq!(Language::of_headers(&headers), German);
    }
}
