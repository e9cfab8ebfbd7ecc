//! The keys that seal records and cookies.

use clap::Args;
use exeunt::config::KeyMaterial;

use super::{problems::Problems, secret};

#[derive(Args)]
#[command(next_help_heading = "Keys")]
pub(super) struct KeyArgs {
    /// The keys that seal sessions and cookies, separated by commas; environment only.
    ///
    /// Each is 32 random bytes in base64, as `server keygen` prints one. The first encrypts, all decrypt: to change keys,
    /// put a new one in front and remove the old one a day after its sessions have ended. Needed with EXEUNT_ISSUER. Default:
    /// none; with the development provider a file beside the store, exeunt-dev-keys.
    #[arg(long, env = "EXEUNT_KEYS", value_name = "KEYS")]
    pub(super) keys: Option<String>,
    /// A file that holds the keys instead.
    ///
    /// A newline at its end is ignored. Default: none. Example: /run/secrets/exeunt-keys
    #[arg(long, env = "EXEUNT_KEYS_FILE", value_name = "FILE")]
    pub(super) keys_file: Option<String>,
}

/// Where the keys come from.
pub(super) enum KeySource {
    /// From the settings.
    Given(KeyMaterial),
    /// Made at the first start, for the development provider.
    Development,
}

/// `None` only if something is wrong.
pub(super) fn validate(given: &KeyArgs, development: bool, problems: &mut Problems) -> Option<KeySource> {
    if given.keys.is_some() || given.keys_file.is_some() {
        return secret::read(
            "EXEUNT_KEYS",
            given.keys.as_deref(),
            given.keys_file.as_deref(),
            problems,
        )
        .map(KeySource::Given);
    }
    if !development {
        problems.add(
            "EXEUNT_KEYS",
            "is unset, but EXEUNT_ISSUER is set; run `server keygen` and set what it prints",
        );
        return None;
    }
    Some(KeySource::Development)
}
