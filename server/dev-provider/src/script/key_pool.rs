//! Signing keys that all scripted providers of a process share: making one takes long.

use std::sync::{Arc, OnceLock};

use crate::keys::SigningKey;

static RSA: [OnceLock<Arc<SigningKey>>; 4] = [const { OnceLock::new() }; 4];
static EC: OnceLock<Arc<SigningKey>> = OnceLock::new();

/// The RSA key that no provider publishes.
pub(super) fn stranger() -> Arc<SigningKey> {
    slot(0)
}

/// The RSA key of the `generation`th rotation. The fourth is the first again.
pub(super) fn rsa(generation: usize) -> Arc<SigningKey> {
    slot(1 + generation % (RSA.len() - 1))
}

#[expect(clippy::expect_used, reason = "a test cannot go on without keys")]
pub(super) fn ec() -> Arc<SigningKey> {
    Arc::clone(EC.get_or_init(|| Arc::new(SigningKey::ec().expect("an EC key"))))
}

#[expect(clippy::expect_used, reason = "a test cannot go on without keys")]
fn slot(index: usize) -> Arc<SigningKey> {
    Arc::clone(RSA[index].get_or_init(|| Arc::new(SigningKey::rsa().expect("an RSA key"))))
}
