//! The gateway's signature over the identity that it passes on: HMAC-SHA256 with a secret of both sides.

use std::{fmt, str::FromStr, time::Duration};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    identity::{SIGNATURE, SIGNATURE_TS},
    signed_string::{FillError, SignedString},
};
use crate::clock::Timestamp;

/// What is wrong with a secret. Never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureSecretError {
    /// It can be guessed.
    #[error(
        "is shorter than 16 bytes, which can be guessed; use the secret of the gateway, of 32 random bytes or more"
    )]
    TooShort,
    /// It was copied with something around it.
    #[error("begins or ends with white space; copy it again")]
    Surrounded,
}

/// What both sides know. It cannot be printed or compared, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct SignatureSecret(Zeroizing<Vec<u8>>);

impl FromStr for SignatureSecret {
    type Err = SignatureSecretError;

    fn from_str(text: &str) -> Result<Self, SignatureSecretError> {
        if text.trim() != text {
            return Err(SignatureSecretError::Surrounded);
        }
        if text.len() < 16 {
            return Err(SignatureSecretError::TooShort);
        }
        Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
    }
}

impl fmt::Debug for SignatureSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignatureSecret(…)")
    }
}

/// How the gateway's signature is judged.
#[derive(Clone, Debug)]
pub struct SignaturePolicy {
    /// The secret (`FORWARDAUTH_SIGNATURE_SECRET`).
    pub secret: SignatureSecret,
    /// What is signed (`EXEUNT_PLATFORM_SIGNED_STRING`).
    pub signed_string: SignedString,
    /// How far the moment of the signature may be from ours, in either direction (`EXEUNT_PLATFORM_SIGNATURE_WINDOW`).
    pub window: Duration,
}

/// Why a signature counts for nothing. Never holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is none, or more than one.
    #[error("the gateway's signature is missing")]
    Missing,
    /// It is not written in hexadecimal or base64 digits.
    #[error("the gateway's signature is not 32 bytes in hexadecimal or base64")]
    Malformed,
    /// The moment is missing or no number of seconds.
    #[error("the moment of the gateway's signature is missing or no number")]
    Moment,
    /// It is too old, or from the future.
    #[error("the gateway's signature is outside of the time window; compare the clocks")]
    OutsideWindow,
    /// The headers cannot be what was signed.
    #[error(transparent)]
    Fill(#[from] FillError),
    /// It is not the gateway's.
    #[error(
        "the gateway's signature is wrong; compare FORWARDAUTH_SIGNATURE_SECRET and EXEUNT_PLATFORM_SIGNED_STRING"
    )]
    Wrong,
}

/// Judges the signature of a request by its headers alone. Compared in constant time.
///
/// # Errors
///
/// If the gateway did not sign exactly this, or not now.
pub fn validate(headers: &HeaderMap, policy: &SignaturePolicy, now: Timestamp) -> Result<(), SignatureError> {
    let signature =
        decode(one(headers, &SIGNATURE).ok_or(SignatureError::Missing)?).ok_or(SignatureError::Malformed)?;
    let moment = one(headers, &SIGNATURE_TS)
        .filter(|text| !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_seconds)
        .ok_or(SignatureError::Moment)?;
    // In whole seconds, as it is written.
    if now.seconds().abs_diff(moment.seconds()) > policy.window.as_secs() {
        return Err(SignatureError::OutsideWindow);
    }
    mac(headers, policy)?
        .verify_slice(&signature)
        .map_err(|_| SignatureError::Wrong)
}

fn mac(headers: &HeaderMap, policy: &SignaturePolicy) -> Result<Hmac<Sha256>, SignatureError> {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(&policy.secret.0).map_err(|_| SignatureError::Wrong)?;
    mac.update(&policy.signed_string.fill(headers)?);
    Ok(mac)
}

/// The signature that the gateway would write: for tests, and for a gateway written in Rust.
///
/// # Errors
///
/// If the headers cannot be signed.
pub fn sign(headers: &HeaderMap, policy: &SignaturePolicy) -> Result<String, SignatureError> {
    let bytes = mac(headers, policy)?.finalize().into_bytes();
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn one<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

/// Hexadecimal, or base64 of either alphabet, perhaps behind `sha256=`.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix("sha256=").unwrap_or(text);
    let hex = || -> Option<Vec<u8>> {
        let pairs = text.as_bytes().chunks_exact(2);
        pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect()
    };
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if is_hex {
        hex()?
    } else {
        STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?
    };
    (bytes.len() == 32).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    const NOW: i64 = 1_800_000_000;

    fn policy() -> SignaturePolicy {
        SignaturePolicy {
            secret: "a secret of the gateway".parse().unwrap(),
            signed_string: SignedString::default(),
            window: Duration::from_secs(60),
        }
    }

    fn signed(ts: i64, id: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE_TS, HeaderValue::from_str(&ts.to_string()).unwrap());
        headers.insert(HeaderName::from_static("x-user-id"), HeaderValue::from_static(id));
        let signature = sign(&headers, &policy()).unwrap();
        headers.insert(SIGNATURE, HeaderValue::from_str(&signature).unwrap());
        headers
    }

    fn judge(headers: &HeaderMap) -> Result<(), SignatureError> {
        validate(headers, &policy(), Timestamp::from_seconds(NOW))
    }

    #[test]
    fn the_signature_is_the_hmac_of_the_documented_string() {
        // printf '1800000000\nada\n\n\n' | openssl dgst -sha256 -hmac 'a secret of the gateway'
        let headers = signed(NOW, "ada");
        assert_eq!(headers[SIGNATURE], KNOWN);
        assert_eq!(judge(&headers), Ok(()));
    }

    const KNOWN: &str = "236a5e87f2933508ffdb819f1f2024e14050c87177f27059b37a258850b0355f";

    #[test]
    fn f8_5_a_signature_that_is_missing_wrong_or_old_counts_for_nothing() {
        let mut missing = signed(NOW, "ada");
        missing.remove(SIGNATURE);
        assert_eq!(judge(&missing), Err(SignatureError::Missing));
        let mut other = signed(NOW, "ada");
        other.insert(
            HeaderName::from_static("x-user-id"),
            HeaderValue::from_static("eve"),
        );
        assert_eq!(judge(&other), Err(SignatureError::Wrong));
        let mut roles = signed(NOW, "ada");
        roles.insert(
            HeaderName::from_static("x-user-roles"),
            HeaderValue::from_static("admin"),
        );
        assert_eq!(judge(&roles), Err(SignatureError::Wrong));
        let mut garbage = signed(NOW, "ada");
        garbage.insert(SIGNATURE, HeaderValue::from_static("yes"));
        assert_eq!(judge(&garbage), Err(SignatureError::Malformed));
        for seconds in [-60, 60] {
            assert_eq!(judge(&signed(NOW + seconds, "ada")), Ok(()), "{seconds}");
        }
        for seconds in [-61, 61, -NOW] {
            assert_eq!(
                judge(&signed(NOW + seconds, "ada")),
                Err(SignatureError::OutsideWindow),
                "{seconds}"
            );
        }
        for moment in ["", "-5", "soon", "1800000000.0", "99999999999999999999"] {
            let mut headers = signed(NOW, "ada");
            headers.insert(SIGNATURE_TS, HeaderValue::from_static(moment));
            assert_eq!(judge(&headers), Err(SignatureError::Moment), "{moment:?}");
        }
    }

    #[test]
    fn it_may_be_written_in_hexadecimal_or_base64() {
        let hex = signed(NOW, "ada")[SIGNATURE].to_str().unwrap().to_owned();
        let bytes = decode(&hex).unwrap();
        for text in [
            hex.to_uppercase(),
            format!("sha256={hex}"),
            STANDARD.encode(&bytes),
            URL_SAFE.encode(&bytes),
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            assert_eq!(decode(&text).as_ref(), Some(&bytes), "{text}");
        }
    }

    #[test]
    fn i16_a_secret_shows_nowhere() {
        let secret: SignatureSecret = "correct-horse-battery".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "SignatureSecret(…)");
        let error = "correct".parse::<SignatureSecret>().unwrap_err();
        assert!(!error.to_string().contains("correct"));
    }
}
