//! Where sessions are kept.

use clap::Args;
use exeunt::config::StoreChoice;

use super::problems::Problems;

#[derive(Args)]
#[command(next_help_heading = "Store")]
pub(super) struct StoreArgs {
    /// Where sessions are kept: sqlite:PATH, redis://HOST, or memory: (they are gone when the server stops).
    ///
    /// sqlite:PATH is for one instance; a missing directory is created. Default: sqlite:.exeunt/exeunt.sqlite. Example:
    /// sqlite:/var/lib/exeunt/exeunt.sqlite
    ///
    /// redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE] is for several, and Valkey too; rediss: connects by TLS,
    /// redis+cluster: and rediss+cluster: to a cluster (?node=HOST:PORT for further nodes). ?name=NAME tells apps apart that
    /// share it; ?wait_replicas=1 makes each change wait for a replica. It should have appendonly yes, appendfsync always and
    /// maxmemory-policy noeviction.
    #[arg(long, env = "EXEUNT_STORE", value_name = "STORE", hide_env_values = true)]
    pub(super) store: Option<String>,
}

pub(super) fn validate(given: &StoreArgs, problems: &mut Problems, notes: &mut Vec<String>) -> StoreChoice {
    let store = problems.parse_or_default("EXEUNT_STORE", given.store.as_deref());
    if store == StoreChoice::Memory {
        notes.push("EXEUNT_STORE is memory: every session is gone when the server stops.".to_owned());
    }
    store
}
