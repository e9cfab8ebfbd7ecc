//! Where sessions are kept.

use clap::Args;
use exeunt::config::StoreChoice;

use super::problems::Problems;

#[derive(Args)]
#[command(next_help_heading = "Store")]
pub(super) struct StoreArgs {
    /// Where sessions are kept: sqlite:PATH, or memory: (they are gone when the server stops).
    ///
    /// A missing directory is created. Default: sqlite:.exeunt/exeunt.sqlite. Example:
    /// sqlite:/var/lib/exeunt/exeunt.sqlite
    #[arg(long, env = "EXEUNT_STORE", value_name = "STORE")]
    pub(super) store: Option<String>,
}

pub(super) fn validate(given: &StoreArgs, problems: &mut Problems, notes: &mut Vec<String>) -> StoreChoice {
    let store = problems.parse_or_default("EXEUNT_STORE", given.store.as_deref());
    if store == StoreChoice::Memory {
        notes.push("EXEUNT_STORE is memory: every session is gone when the server stops.".to_owned());
    }
    store
}
