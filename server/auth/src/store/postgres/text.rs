//! Text as PostgreSQL can hold it: every character but NUL, which a stranger's `sid` may well have.
//!
//! NUL becomes U+0001 0, and U+0001 itself U+0001 1. So what differs here differs there, and all other text, which is all
//! that anybody ever saw, lies there as it is.

use std::borrow::Cow;

const SIGN: char = '\u{1}';

/// As it lies in the database.
pub(super) fn stored(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', SIGN]) {
        return Cow::Borrowed(text);
    }
    let mut stored = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        match character {
            '\0' => stored.extend([SIGN, '0']),
            SIGN => stored.extend([SIGN, '1']),
            other => stored.push(other),
        }
    }
    Cow::Owned(stored)
}

/// As it was before it was stored.
pub(super) fn read(stored: String) -> String {
    if !stored.contains(SIGN) {
        return stored;
    }
    let mut text = String::with_capacity(stored.len());
    let mut characters = stored.chars();
    while let Some(character) = characters.next() {
        match character {
            SIGN if characters.next() == Some('0') => text.push('\0'),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_as_it_was_and_never_holds_a_nul() {
        let all = [
            "",
            "plain",
            "\0",
            "\u{1}",
            "\u{1}0",
            "\u{1}1",
            "a\0b\u{1}c\0",
            "\0\0",
            "0",
            "1",
        ];
        for text in all {
            let there = stored(text);
            assert!(!there.contains('\0'), "{text:?}");
            assert_eq!(read(there.clone().into_owned()), text);
            for other in all.into_iter().filter(|other| *other != text) {
                assert_ne!(stored(other), there, "{text:?} and {other:?}");
            }
        }
    }
}
