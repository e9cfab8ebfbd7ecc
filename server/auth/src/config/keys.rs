//! The keys that seal records and cookies.

use std::{fmt, str::FromStr};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::{Zeroize as _, Zeroizing};

/// What is wrong with a keyring. Tells which key by its place in the list, never what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Nothing was given.
    #[error("holds no key; run `server keygen` and set what it prints")]
    None,
    /// An empty place in the list.
    #[error("at place {0} is empty; remove the comma that has nothing behind or before it")]
    Empty(usize),
    /// Not base64.
    #[error("at place {0} is not base64; run `server keygen` and set what it prints")]
    NotBase64(usize),
    /// Not 32 bytes.
    #[error("at place {place} has {length} bytes instead of 32; run `server keygen` and set what it prints")]
    Length {
        /// Its place in the list, from 1.
        place: usize,
        /// How many bytes it has.
        length: usize,
    },
    /// All bytes the same: a placeholder.
    #[error("at place {0} is not random; run `server keygen` and set what it prints")]
    NotRandom(usize),
    /// The same key twice.
    #[error("at place {0} repeats an earlier key; remove one of the two")]
    Repeated(usize),
}

/// Keys of 32 bytes each, at least one, all different: the first encrypts, all decrypt. Wiped when dropped.
#[derive(Clone)]
pub struct KeyMaterial(Vec<Zeroizing<[u8; 32]>>);

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

impl KeyMaterial {
    /// The key that encrypts.
    #[must_use]
    pub fn first(&self) -> &[u8; 32] {
        &self.0[0]
    }

    /// All keys, the one that encrypts first.
    pub fn iter(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.0.iter().map(|key| &**key)
    }

    /// One key as [`KeyMaterial`] reads it: url-safe base64 without padding.
    #[must_use]
    pub fn encode(key: &[u8; 32]) -> Zeroizing<String> {
        Zeroizing::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key))
    }
}

impl From<[u8; 32]> for KeyMaterial {
    /// A ring of one key, which must come from a source of randomness.
    fn from(key: [u8; 32]) -> Self {
        Self(vec![Zeroizing::new(key)])
    }
}

impl FromStr for KeyMaterial {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.trim().is_empty() {
            return Err(KeyError::None);
        }
        let mut keys: Vec<Zeroizing<[u8; 32]>> = Vec::new();
        for (index, item) in text.split(',').enumerate() {
            let key = decode(item.trim(), index + 1)?;
            if keys.iter().any(|known| **known == *key) {
                return Err(KeyError::Repeated(index + 1));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }
}

fn decode(item: &str, place: usize) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    if item.is_empty() {
        return Err(KeyError::Empty(place));
    }
    let bytes = STANDARD
        .decode(item)
        .or_else(|_| URL_SAFE.decode(item))
        .map_err(|_| KeyError::NotBase64(place))?;
    let bytes = Zeroizing::new(bytes);
    let mut key = Zeroizing::new([0_u8; 32]);
    if bytes.len() != key.len() {
        return Err(KeyError::Length {
            place,
            length: bytes.len(),
        });
    }
    key.copy_from_slice(&bytes);
    if key.iter().all(|byte| Some(byte) == key.first()) {
        key.zeroize();
        return Err(KeyError::NotRandom(place));
    }
    Ok(key)
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyMaterial({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> [u8; 32] {
        std::array::from_fn(|index| {
            seed.wrapping_mul(31)
                .wrapping_add(u8::try_from(index).unwrap() ^ 0xfb)
        })
    }

    #[test]
    fn either_alphabet_padded_or_not_is_read() {
        use base64::engine::general_purpose as engines;
        for engine in [
            engines::STANDARD,
            engines::STANDARD_NO_PAD,
            engines::URL_SAFE,
            engines::URL_SAFE_NO_PAD,
        ] {
            let text = engine.encode(key(9));
            let ring: KeyMaterial = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(ring.first(), &key(9));
        }
    }

    #[test]
    fn the_first_encrypts_and_all_are_kept() {
        let text = format!(
            "{} , {}\n",
            *KeyMaterial::encode(&key(1)),
            *KeyMaterial::encode(&key(2))
        );
        let ring: KeyMaterial = text.parse().unwrap();
        assert_eq!(ring.first(), &key(1));
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [key(1), key(2)]);
    }

    #[test]
    fn wrong_keys_are_named_by_their_place() {
        let good = KeyMaterial::encode(&key(1));
        let good = good.as_str();
        for (text, error) in [
            (String::new(), KeyError::None),
            (format!("{good},"), KeyError::Empty(2)),
            (format!("{good},not base64!"), KeyError::NotBase64(2)),
            ("c2hvcnQ".to_owned(), KeyError::Length { place: 1, length: 5 }),
            ("A".repeat(43), KeyError::NotRandom(1)),
            (format!("{good},{good}"), KeyError::Repeated(2)),
        ] {
            assert_eq!(text.parse::<KeyMaterial>().unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn i16_keys_show_neither_in_debug_nor_in_errors() {
        let ring = KeyMaterial::from(key(1));
        assert_eq!(format!("{ring:?}"), "KeyMaterial(1 keys)");
        let error = "supersecretvalue".parse::<KeyMaterial>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("supersecret"));
    }
}
