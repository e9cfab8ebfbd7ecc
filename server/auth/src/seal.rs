//! Sealing: what is kept in the store or in a cookie and nobody but us may read or change.
//!
//! XChaCha20-Poly1305 with a subkey for each purpose (HKDF-SHA256), so that what was sealed for one purpose opens for no
//! other; the associated data is purpose, place and key id, so that what was sealed in one row opens in no other.
//! The first key of the ring seals, every key opens: a new first key signs nobody out.

use std::fmt;

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

use crate::{
    config::KeyMaterial,
    random::{self, Random, RandomError},
};

/// What something is sealed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A column of a session's row.
    Record,
    /// A login attempt, in its cookie.
    Attempt,
    /// A pending logout, in its row.
    Pending,
    /// A logout that the store could not carry out, in its cookie.
    Unfinished,
    /// A logout at a platform that is not over, in its cookie.
    PlatformLogout,
}

impl Purpose {
    const ALL: [Self; 5] = [
        Self::Record,
        Self::Attempt,
        Self::Pending,
        Self::Unfinished,
        Self::PlatformLogout,
    ];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Record => b"exeunt record v1",
            Self::Attempt => b"exeunt attempt v1",
            Self::Pending => b"exeunt pending v1",
            Self::Unfinished => b"exeunt unfinished v1",
            Self::PlatformLogout => b"exeunt platform logout v1",
        }
    }
}

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// It was not sealed by us, not for this place, or was changed; or its key left the ring.
    #[error("what was stored cannot be opened with the keys in EXEUNT_KEYS")]
    Unreadable,
    /// There were no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
}

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;
const HEADER: usize = 1 + KEY_ID + NONCE;

struct Key {
    id: [u8; KEY_ID],
    ciphers: [XChaCha20Poly1305; Purpose::ALL.len()],
}

impl Key {
    fn new(material: &[u8; 32]) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"exeunt key id v1");
        digest.update(material);
        let digest = digest.finalize();
        let hkdf = Hkdf::<Sha256>::new(None, material);
        let ciphers = Purpose::ALL.map(|purpose| {
            let mut subkey = zeroize::Zeroizing::new([0_u8; 32]);
            #[expect(
                clippy::expect_used,
                reason = "HKDF-SHA256 gives up to 8160 bytes; 32 are asked for"
            )]
            hkdf.expand(purpose.label(), subkey.as_mut_slice())
                .expect("32 bytes are within HKDF's limit");
            XChaCha20Poly1305::new((&*subkey).into())
        });
        Self {
            id: [digest[0], digest[1], digest[2], digest[3]],
            ciphers,
        }
    }

    fn cipher(&self, purpose: Purpose) -> &XChaCha20Poly1305 {
        match purpose {
            Purpose::Record => &self.ciphers[0],
            Purpose::Attempt => &self.ciphers[1],
            Purpose::Pending => &self.ciphers[2],
            Purpose::Unfinished => &self.ciphers[3],
            Purpose::PlatformLogout => &self.ciphers[4],
        }
    }
}

/// The keys: the first seals, all open.
pub struct Keyring {
    first: Key,
    others: Vec<Key>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("keys", &(1 + self.others.len()))
            .finish_non_exhaustive()
    }
}

fn associated_data(purpose: Purpose, place: &[u8], key_id: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(32 + place.len());
    data.extend_from_slice(purpose.label());
    data.push(0);
    data.extend_from_slice(key_id);
    data.extend_from_slice(place);
    data
}

impl Keyring {
    /// A ring of these keys.
    #[must_use]
    pub fn new(material: &KeyMaterial) -> Self {
        Self {
            first: Key::new(material.first()),
            others: material.iter().skip(1).map(Key::new).collect(),
        }
    }

    /// Seals `plain` for a purpose and a place (for example a row's key and a column's name).
    ///
    /// # Errors
    ///
    /// [`SealError::Random`] if there are no random bytes for the nonce.
    pub fn seal(
        &self,
        purpose: Purpose,
        place: &[u8],
        plain: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, SealError> {
        let nonce = random::bytes::<NONCE>(random)?;
        let aad = associated_data(purpose, place, &self.first.id);
        let sealed = self
            .first
            .cipher(purpose)
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &aad,
                },
            )
            .map_err(|_| SealError::Unreadable)?;
        let mut out = Vec::with_capacity(HEADER + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&self.first.id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`Self::seal`] made for the same purpose and place, with whichever key of the ring made it.
    ///
    /// # Errors
    ///
    /// [`SealError::Unreadable`] whatever the cause.
    pub fn open(&self, purpose: Purpose, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (header, body) = sealed.split_at_checked(HEADER).ok_or(SealError::Unreadable)?;
        let (&[version, id @ ..], nonce) = header
            .split_first_chunk::<{ 1 + KEY_ID }>()
            .ok_or(SealError::Unreadable)?;
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::Unreadable)?;
        if version != VERSION {
            return Err(SealError::Unreadable);
        }
        let aad = associated_data(purpose, place, &id);
        std::iter::once(&self.first)
            .chain(&self.others)
            .filter(|key| key.id == id)
            .find_map(|key| {
                key.cipher(purpose)
                    .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad })
                    .ok()
            })
            .ok_or(SealError::Unreadable)
    }

    /// Whether the first key of the ring made this.
    #[must_use]
    pub fn is_by_first(&self, sealed: &[u8]) -> bool {
        sealed.get(1..=KEY_ID) == Some(&self.first.id[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::OsRandom;

    fn ring(keys: &[u8]) -> Keyring {
        let list: Vec<_> = keys
            .iter()
            .map(|byte| {
                KeyMaterial::encode(&std::array::from_fn(|index| {
                    byte.wrapping_mul(41) ^ u8::try_from(index * 7).unwrap()
                }))
                .to_string()
            })
            .collect();
        Keyring::new(&list.join(",").parse().unwrap())
    }

    #[test]
    fn i10_what_was_sealed_for_one_purpose_or_place_opens_for_no_other() {
        let ring = ring(&[1]);
        let sealed = ring.seal(Purpose::Record, b"row a", b"plain", &OsRandom).unwrap();
        assert_eq!(ring.open(Purpose::Record, b"row a", &sealed).unwrap(), b"plain");
        for purpose in [Purpose::Attempt, Purpose::Pending, Purpose::Unfinished] {
            assert!(ring.open(purpose, b"row a", &sealed).is_err(), "{purpose:?}");
        }
        assert!(ring.open(Purpose::Record, b"row b", &sealed).is_err());
    }

    #[test]
    fn i10_every_changed_or_missing_byte_is_noticed() {
        let ring = ring(&[1]);
        let sealed = ring.seal(Purpose::Record, b"row", b"plain", &OsRandom).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(
                ring.open(Purpose::Record, b"row", &changed).is_err(),
                "byte {index}"
            );
            assert!(
                ring.open(Purpose::Record, b"row", &sealed[..index]).is_err(),
                "first {index} bytes"
            );
        }
    }

    #[test]
    fn a_new_first_key_still_opens_what_the_old_one_sealed_and_a_removed_one_does_not() {
        let sealed = ring(&[1])
            .seal(Purpose::Record, b"row", b"plain", &OsRandom)
            .unwrap();
        assert_eq!(
            ring(&[2, 1]).open(Purpose::Record, b"row", &sealed).unwrap(),
            b"plain"
        );
        assert!(ring(&[2]).open(Purpose::Record, b"row", &sealed).is_err());
    }

    #[test]
    fn i10_sealing_the_same_twice_shows_nothing_in_common() {
        let ring = ring(&[1]);
        let one = ring.seal(Purpose::Record, b"row", b"plain", &OsRandom).unwrap();
        let two = ring.seal(Purpose::Record, b"row", b"plain", &OsRandom).unwrap();
        assert_ne!(one[1 + KEY_ID..], two[1 + KEY_ID..]);
    }
}
