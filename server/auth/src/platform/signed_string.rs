//! What the gateway signs: a template, filled with the headers of the request.

use std::str::FromStr;

use http::{HeaderMap, HeaderName};

use super::identity::{SIGNATURE_TS, USER_ID};

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedStringError {
    /// A bracket is missing, or what it holds is no header.
    #[error("holds braces that do not name a header; write {{x-user-id}}, in small letters")]
    Placeholder,
    /// A header twice.
    #[error("names {0} twice; name each header once")]
    Repeated(HeaderName),
    /// A signature that does not cover it would be worth nothing.
    #[error("does not name {{{0}}}; without it the signature proves nothing")]
    Missing(HeaderName),
    /// Two values with nothing between them could be divided otherwise.
    #[error("has two headers with nothing between them; put \\n there")]
    NoSeparator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Header(HeaderName),
}

/// The signed string: text, with `{header-name}` where the value of a header stands (nothing, if it is absent), and `\n` for a
/// line feed. Headers that are not named are not signed, and count for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedString(Vec<Part>);

/// Why a request cannot be brought into the form that is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FillError {
    /// A header twice: which of them was signed is not known.
    #[error("an identity header was sent twice")]
    Repeated,
    /// A value holds what separates values.
    #[error("an identity header holds what separates the headers in the signed string")]
    Ambiguous,
}

impl SignedString {
    /// The moment, then the identity, each on a line of its own: no value of a header can hold a line feed.
    pub const DEFAULT: &'static str =
        "{x-user-signature-ts}\\n{x-user-id}\\n{x-user-email}\\n{x-user-name}\\n{x-user-roles}";

    /// Whether the signature speaks of this header.
    #[must_use]
    pub fn covers(&self, header: &HeaderName) -> bool {
        self.headers().any(|name| name == header)
    }

    fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.0.iter().filter_map(|part| match part {
            Part::Header(name) => Some(name),
            Part::Text(_) => None,
        })
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    ///
    /// If two requests that mean different things could have the same ones.
    pub fn fill(&self, headers: &HeaderMap) -> Result<Vec<u8>, FillError> {
        let mut filled = Vec::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Part::Header(name) => {
                    let mut values = headers.get_all(name).iter();
                    let value = values.next().map_or(&b""[..], |value| value.as_bytes());
                    if values.next().is_some() {
                        return Err(FillError::Repeated);
                    }
                    // The moment is digits and nothing else, which is checked where it is read.
                    if *name != SIGNATURE_TS && self.separators().any(|text| contains(value, text)) {
                        return Err(FillError::Ambiguous);
                    }
                    filled.extend_from_slice(value);
                }
            }
        }
        Ok(filled)
    }

    /// What stands between two values whose border could be moved: all but that beside a moment at either end, which is digits
    /// and nothing else. One in the middle could be taken for a part of what stands around it.
    fn separators(&self) -> impl Iterator<Item = &str> {
        let (first, last) = (self.headers().next(), self.headers().last());
        let is_moment_at_an_end =
            move |name: &HeaderName| *name == SIGNATURE_TS && (Some(name) == first || Some(name) == last);
        self.0.windows(3).filter_map(move |window| match window {
            [Part::Header(before), Part::Text(text), Part::Header(after)]
                if !is_moment_at_an_end(before) && !is_moment_at_an_end(after) =>
            {
                Some(text.as_str())
            }
            _ => None,
        })
    }
}

fn contains(value: &[u8], text: &str) -> bool {
    value.windows(text.len()).any(|window| window == text.as_bytes())
}

impl Default for SignedString {
    #[expect(
        clippy::expect_used,
        reason = "a constant, parsed in the tests of this module"
    )]
    fn default() -> Self {
        Self::DEFAULT.parse().expect("the default is a template")
    }
}

impl FromStr for SignedString {
    type Err = SignedStringError;

    fn from_str(text: &str) -> Result<Self, SignedStringError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let Some((before, after)) = rest.split_once('{') else {
                push_text(&mut parts, rest)?;
                break;
            };
            push_text(&mut parts, before)?;
            let (name, after) = after.split_once('}').ok_or(SignedStringError::Placeholder)?;
            let header = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .filter(|header| header.as_str() == name)
                .ok_or(SignedStringError::Placeholder)?;
            if matches!(parts.last(), Some(Part::Header(_))) {
                return Err(SignedStringError::NoSeparator);
            }
            if parts.contains(&Part::Header(header.clone())) {
                return Err(SignedStringError::Repeated(header));
            }
            parts.push(Part::Header(header));
            rest = after;
        }
        let signed = Self(parts);
        for needed in [SIGNATURE_TS, USER_ID] {
            if !signed.covers(&needed) {
                return Err(SignedStringError::Missing(needed));
            }
        }
        Ok(signed)
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) -> Result<(), SignedStringError> {
    if text.contains('}') {
        return Err(SignedStringError::Placeholder);
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.replace("\\n", "\n")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    http::HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn the_headers_of_a_request_fill_it() {
        let signed = SignedString::default();
        let filled = signed.fill(&headers(&[
            ("x-user-signature-ts", "1700000000"),
            ("x-user-id", "ada"),
            ("x-user-roles", "admin,staff"),
        ]));
        assert_eq!(filled.unwrap(), b"1700000000\nada\n\n\nadmin,staff");
    }

    #[test]
    fn f8_5_no_two_requests_that_differ_sign_the_same() {
        let signed: SignedString = "{x-user-signature-ts}.{x-user-id}|{x-user-roles}"
            .parse()
            .unwrap();
        let request = headers(&[
            ("x-user-signature-ts", "1"),
            ("x-user-id", "a.b"),
            ("x-user-roles", "r"),
        ]);
        assert_eq!(signed.fill(&request).unwrap(), b"1.a.b|r");
        let moved = headers(&[("x-user-signature-ts", "1"), ("x-user-id", "a|admin")]);
        assert_eq!(signed.fill(&moved), Err(FillError::Ambiguous));
        let middle: SignedString = "{x-user-id}\\n{x-user-name}|{x-user-signature-ts}|{x-user-roles}"
            .parse()
            .unwrap();
        let moved = headers(&[
            ("x-user-id", "eve"),
            ("x-user-name", "n|2|admin"),
            ("x-user-signature-ts", "1"),
        ]);
        assert_eq!(middle.fill(&moved), Err(FillError::Ambiguous));
        let twice = headers(&[("x-user-id", "ada"), ("x-user-id", "eve")]);
        let mut twice_as_sent = HeaderMap::new();
        for (name, value) in &twice {
            twice_as_sent.append(name, value.clone());
        }
        twice_as_sent.append(USER_ID, http::HeaderValue::from_static("eve"));
        assert_eq!(signed.fill(&twice_as_sent), Err(FillError::Repeated));
    }

    #[test]
    fn a_template_that_proves_nothing_is_refused() {
        for (text, error) in [
            ("{x-user-id}", SignedStringError::Missing(SIGNATURE_TS)),
            ("{x-user-signature-ts}", SignedStringError::Missing(USER_ID)),
            ("{x-user-signature-ts}{x-user-id}", SignedStringError::NoSeparator),
            ("{x-user-signature-ts", SignedStringError::Placeholder),
            ("x-user-id}", SignedStringError::Placeholder),
            ("{X-User-Id}", SignedStringError::Placeholder),
            (
                "{x-user-signature-ts}\\n{x-user-id}\\n{x-user-id}",
                SignedStringError::Repeated(USER_ID),
            ),
        ] {
            assert_eq!(text.parse::<SignedString>(), Err(error), "{text}");
        }
    }
}
