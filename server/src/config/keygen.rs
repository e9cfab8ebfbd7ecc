//! Makes keys.

use std::io;

use exeunt::config::KeyMaterial;

/// 32 bytes from the operating system.
pub(super) fn random_key() -> io::Result<[u8; 32]> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key)
        .map(|()| key)
        .map_err(|error| io::Error::other(error.to_string()))
}

/// A fresh value for `EXEUNT_KEYS`, for `server keygen` to print.
///
/// # Errors
///
/// If the operating system has no randomness to give.
pub fn fresh_key() -> io::Result<impl std::ops::Deref<Target = String>> {
    random_key().map(|key| KeyMaterial::encode(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_key_is_accepted_and_never_the_same() {
        let (one, other) = (fresh_key().unwrap(), fresh_key().unwrap());
        assert_ne!(*one, *other);
        let ring: KeyMaterial = format!("{},{}", *one, *other).parse().unwrap();
        assert_eq!(ring.iter().count(), 2);
    }
}
