//! What a credential says, however it is spelled. A gateway may take a quoted, an escaped or a percent-encoded value for the same
//! one, and a token whose signature ends in other bits too: none of these may lead out of a sign-out.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How often a layer of spelling is taken off: more than any gateway does, in whichever order it does it.
const LAYERS: usize = 4;

/// What all spellings of a value have in common. Empty if there is no value.
pub(super) fn canonical(value: &[u8]) -> Vec<u8> {
    let mut plain = bare(value).to_vec();
    for _ in 0..LAYERS {
        let unquoted = unquote(bare(&plain));
        let next: Vec<u8> = percent_encoding::percent_decode(&unquoted).collect();
        if next == plain {
            break;
        }
        plain = next;
    }
    let plain = bare(&plain);
    signed_part(plain).unwrap_or(plain).to_vec()
}

/// Without the space around it and the scheme before it (RFC 7235, section 2.1: whatever its case).
fn bare(value: &[u8]) -> &[u8] {
    const SCHEME: &[u8] = b"bearer";
    let value = value.trim_ascii();
    match value.split_at_checked(SCHEME.len()) {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case(SCHEME) && rest.first().is_none_or(u8::is_ascii_whitespace) =>
        {
            rest.trim_ascii()
        }
        _ => value,
    }
}

/// Without one pair of double quotes, and what is escaped between them (RFC 2109; `\ooo` is what Python's cookies write).
fn unquote(value: &[u8]) -> Vec<u8> {
    let quoted = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    let Some(mut rest) = quoted else {
        return value.to_vec();
    };
    let mut plain = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let (meant, after) = match (byte, after) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                ((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), after)
            }
            (b'\\', [escaped, after @ ..]) => (*escaped, after),
            _ => (byte, after),
        };
        plain.push(meant);
        rest = after;
    }
    plain
}

/// Of a signed token (RFC 7515) what is signed: its header and its payload, which have one spelling. The last character of the
/// signature holds bits that many do not look at, and some leave out of it whatever is not of the alphabet.
fn signed_part(value: &[u8]) -> Option<&[u8]> {
    let mut parts = value.split(|byte| *byte == b'.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || payload.is_empty() || signature.is_empty() {
        return None;
    }
    // A session's id with dots in it may differ in its last part alone; a token begins with an object.
    let header_read = URL_SAFE_NO_PAD.decode(header).ok()?;
    let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !payload.iter().all(is_base64url) {
        return None;
    }
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&header_read).ok()?;
    value.get(..header.len() + 1 + payload.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"alg":"none"}` and `{"sub":"ada"}`.
    const SIGNED: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ";

    #[test]
    fn i3_every_spelling_of_a_value_is_the_same() {
        for spelled in [
            "a-b",
            " a-b\t",
            "\"a-b\"",
            "\" a-b \"",
            "a%2Db",
            "a%2db",
            "%22a%2Db%22",
            "\"%61-b\"",
            "%2522a-b%2522",
            "\"\\141-b\"",
            "\"\\a\\-b\"",
            "Bearer a-b",
            "bEARER  a-b",
            "bearer\ta-b",
            "Bearer%20a-b",
            "\"Bearer a-b\"",
        ] {
            assert_eq!(canonical(spelled.as_bytes()), b"a-b", "{spelled}");
        }
        for nothing in ["", " ", "\"\"", "Bearer", "bearer ", "%20"] {
            assert_eq!(canonical(nothing.as_bytes()), b"", "{nothing}");
        }
    }

    #[test]
    fn what_is_another_value_stays_another() {
        for other in [
            "a-c",
            "A-b",
            "a b",
            "\"a-b",
            "a-b\"",
            "\"",
            "%",
            "a%2",
            "%zz",
            "bearera-b",
            "\\",
            "\"\\\"",
        ] {
            assert_ne!(canonical(other.as_bytes()), b"a-b", "{other}");
            assert_ne!(canonical(other.as_bytes()), b"", "{other}");
        }
    }

    #[test]
    fn i3_of_a_signed_token_the_spelling_of_the_signature_does_not_count() {
        for signature in ["c2ln", "c2lo", "c2l", "c2ln=", "c2ln%3D", "c!2ln"] {
            let token = format!("{SIGNED}.{signature}");
            assert_eq!(canonical(token.as_bytes()), SIGNED.as_bytes(), "{token}");
        }
        // What is no such token counts as a whole.
        for whole in [
            SIGNED.to_owned(),
            format!("{SIGNED}."),
            format!("{SIGNED}.a.b"),
            "session.tenant.id".to_owned(),
            "eyJhbGciOiJub25lIn0..c2ln".to_owned(),
            "W10.eyJzdWIiOiJhZGEifQ.c2ln".to_owned(),
        ] {
            assert_eq!(canonical(whole.as_bytes()), whole.as_bytes(), "{whole}");
        }
    }
}
