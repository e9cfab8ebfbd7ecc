//! The signature of a logout token, verified as that of an ID token: by the provider's own keys and no others.

use openidconnect::{
    JsonWebKey as _,
    core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};

use super::LogoutTokenError;
use crate::{config::IdTokenAlg, provider::metadata::signing_algorithm};

/// The bytes of a signature by an RSA key of 2048 bits. A signature is as long as the modulus, so a shorter one is by a
/// key that is too weak, whatever set it is in.
/// [RFC 7518, section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)
const SHORTEST_RSA_SIGNATURE: usize = 256;

/// Verifies `signature` over `input` with the key named `kid`, or, without one, with whichever key fits.
pub(super) fn check_signature(
    input: &[u8],
    signature: &[u8],
    kid: Option<&str>,
    alg: IdTokenAlg,
    keys: &CoreJsonWebKeySet,
) -> Result<(), LogoutTokenError> {
    let algorithm = signing_algorithm(alg);
    let named = |known: Option<&str>| kid.is_none() || kid == known;
    let mut is_known = false;
    for key in keys.keys() {
        if !named(key.key_id().map(|known| known.as_str())) {
            continue;
        }
        is_known = true;
        // The library refuses a key whose kind, `use` or `alg` is not that of the algorithm.
        if is_long_enough(signature, &algorithm) && key.verify_signature(&algorithm, input, signature).is_ok()
        {
            return Ok(());
        }
    }
    Err(match (kid, is_known) {
        (None, _) => LogoutTokenError::NoKeyFits,
        (Some(_), false) => LogoutTokenError::UnknownKey,
        (Some(_), true) => LogoutTokenError::Signature,
    })
}

fn is_long_enough(signature: &[u8], algorithm: &CoreJwsSigningAlgorithm) -> bool {
    use CoreJwsSigningAlgorithm as Alg;
    match algorithm {
        Alg::RsaSsaPkcs1V15Sha256
        | Alg::RsaSsaPkcs1V15Sha384
        | Alg::RsaSsaPkcs1V15Sha512
        | Alg::RsaSsaPssSha256
        | Alg::RsaSsaPssSha384
        | Alg::RsaSsaPssSha512 => signature.len() >= SHORTEST_RSA_SIGNATURE,
        _ => true,
    }
}
