//! Where sessions are kept.

use clap::Args;
use exeunt::config::StoreChoice;

use super::{problems::Problems, secret};

#[derive(Args)]
#[command(next_help_heading = "Store")]
pub(super) struct StoreArgs {
    /// Where sessions are kept: sqlite:PATH, postgres://…, or memory: (they are gone when the server stops).
    ///
    /// A missing directory is created. Default: sqlite:.exeunt/exeunt.sqlite. Examples:
    /// sqlite:/var/lib/exeunt/exeunt.sqlite, postgres://exeunt@db.example/exeunt?sslmode=verify-full
    ///
    /// PostgreSQL 14 or newer serves several instances. Behind the question mark: sslmode (disable, prefer, require, verify-ca,
    /// verify-full), sslrootcert (a file), schema (default exeunt, created if it is missing).
    #[arg(long, env = "EXEUNT_STORE", value_name = "STORE")]
    pub(super) store: Option<String>,
    /// A file that holds the same instead: the address of a database may contain a password.
    ///
    /// A newline at its end is ignored. Default: none. Example: /run/secrets/exeunt-store
    #[arg(long, env = "EXEUNT_STORE_FILE", value_name = "FILE")]
    pub(super) store_file: Option<String>,
}

pub(super) fn validate(given: &StoreArgs, problems: &mut Problems, notes: &mut Vec<String>) -> StoreChoice {
    let (value, file) = (given.store.as_deref(), given.store_file.as_deref());
    let store = secret::read("EXEUNT_STORE", value, file, problems).unwrap_or_default();
    if store == StoreChoice::Memory {
        notes.push("EXEUNT_STORE is memory: every session is gone when the server stops.".to_owned());
    }
    store
}
