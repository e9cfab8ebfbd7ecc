//! The signature over who is asking, by which an extension tells the gateway from anybody else.

use std::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha256;

/// What is signed unless said otherwise: the moment, then everything that says who is asking, a line each.
pub const SIGNED_STRING: &str =
    "{x-user-signature-ts}\\n{x-user-id}\\n{x-user-email}\\n{x-user-name}\\n{x-user-roles}";

/// The shortest secret, in bytes: whoever guesses it is anybody.
const SHORTEST_SECRET: usize = 16;

/// With what the gateway signs who is asking: HMAC-SHA-256, in hexadecimal digits.
#[derive(Clone)]
pub struct Signature {
    secret: Vec<u8>,
    signed_string: Vec<Part>,
}

/// A part of the signed string.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The value of a header, empty where it is missing.
    Header(String),
}

impl Signature {
    /// A signature with `secret` over `signed_string`, in which `{x-user-id}` and the like stand for the value of that header
    /// (empty where it is missing) and `\n` for the end of a line.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] when the secret is too short or the signed string cannot be read.
    pub fn new(secret: &str, signed_string: &str) -> Result<Self, SignatureError> {
        if secret.len() < SHORTEST_SECRET {
            return Err(SignatureError::ShortSecret);
        }
        Ok(Self {
            secret: secret.as_bytes().to_vec(),
            signed_string: parts(&signed_string.replace("\\n", "\n"))?,
        })
    }

    /// The signature for the headers of a request.
    pub(super) fn sign(&self, headers: &HeaderMap) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else {
            // HMAC takes keys of any length.
            return String::new();
        };
        for part in &self.signed_string {
            match part {
                Part::Text(text) => mac.update(text.as_bytes()),
                Part::Header(name) => mac.update(headers.get(name).map_or(b"", |value| value.as_bytes())),
            }
        }
        mac.finalize()
            .into_bytes()
            .iter()
            .fold(String::new(), |mut digits, byte| {
                // Writing to a string does not fail.
                let _ = write!(digits, "{byte:02x}");
                digits
            })
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature")
            .field("signed_string", &self.signed_string)
            .finish_non_exhaustive()
    }
}

fn parts(mut rest: &str) -> Result<Vec<Part>, SignatureError> {
    let mut parts = Vec::new();
    while let Some((text, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or(SignatureError::SignedString)?;
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name || text.contains('}') {
            return Err(SignatureError::SignedString);
        }
        parts.push(Part::Text(text.to_owned()));
        parts.push(Part::Header(name.to_owned()));
        rest = behind;
    }
    if rest.contains('}') || parts.is_empty() {
        return Err(SignatureError::SignedString);
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}

/// Why nothing can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The secret could be guessed.
    #[error("the secret of the signature is too short: use at least {SHORTEST_SECRET} characters")]
    ShortSecret,
    /// The signed string names no header, or not as it should.
    #[error("the signed string must name headers in lower case in braces, like {{x-user-id}}")]
    SignedString,
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_signed_is_the_named_headers_in_their_order() {
        let mut headers = HeaderMap::new();
        headers.insert("x-user-id", HeaderValue::from_static("ada"));
        headers.insert("x-user-signature-ts", HeaderValue::from_static("1000"));
        let sign = |signed_string: &str| {
            Signature::new("0123456789abcdef", signed_string)
                .unwrap()
                .sign(&headers)
        };
        // printf 'ada|1000' | openssl dgst -sha256 -hmac 0123456789abcdef
        assert_eq!(
            sign("{x-user-id}|{x-user-signature-ts}"),
            "bcc4136b4b43fc2a27c61699347a61452df8a50f2e474f6a446ab256eee671ce"
        );
        assert_ne!(
            sign("{x-user-signature-ts}|{x-user-id}"),
            "bcc4136b4b43fc2a27c61699347a61452df8a50f2e474f6a446ab256eee671ce"
        );
        assert_ne!(
            sign("{x-user-id}|{x-user-roles}"),
            "bcc4136b4b43fc2a27c61699347a61452df8a50f2e474f6a446ab256eee671ce"
        );
    }

    #[test]
    fn a_secret_that_is_too_short_and_a_string_that_names_nothing_are_refused() {
        for (secret, signed_string, error) in [
            ("short", "{x-user-id}", SignatureError::ShortSecret),
            ("0123456789abcdef", "", SignatureError::SignedString),
            ("0123456789abcdef", "x", SignatureError::SignedString),
            ("0123456789abcdef", "{}", SignatureError::SignedString),
            ("0123456789abcdef", "{x-user-id", SignatureError::SignedString),
            ("0123456789abcdef", "{X-User-Id}", SignatureError::SignedString),
            ("0123456789abcdef", "{x-user-id}}", SignatureError::SignedString),
        ] {
            assert_eq!(
                Signature::new(secret, signed_string).unwrap_err(),
                error,
                "{signed_string}"
            );
        }
    }
}
