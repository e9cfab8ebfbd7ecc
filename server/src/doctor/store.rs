//! Where sessions are kept. Looked at, not opened: the server may be at work on it.

use std::{fs::OpenOptions, io::ErrorKind, path::Path};

use exeunt::{
    config::{PostgresUrl, Protection, StoreChoice},
    store::{
        PostgresStore,
        postgres::{Found, OpenError, PostgresSettings},
    },
};

use super::finding::Finding;
use crate::config::ServerConfig;

pub(super) async fn examine(config: &ServerConfig) -> Finding {
    match &config.store {
        StoreChoice::Memory => Finding::warning(
            "store",
            "Sessions are kept in memory: a restart forgets them all, and what was still to be revoked.",
            "Set EXEUNT_STORE to a file, like sqlite:/var/lib/exeunt/exeunt.sqlite.",
        ),
        StoreChoice::Sqlite(path) => sqlite(path),
        StoreChoice::Postgres(url) => {
            let found = PostgresStore::look(url, &PostgresSettings::default()).await;
            judge_postgres(url, found)
        }
    }
}

fn sqlite(path: &Path) -> Finding {
    let file = path.display();
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(_) => Finding::ok("store", "Sessions are kept where a restart does not lose them."),
        Err(error) if error.kind() == ErrorKind::NotFound => Finding::ok(
            "store",
            format!("Sessions are kept where a restart does not lose them; the first start makes {file}."),
        ),
        Err(error) => Finding::wrong(
            "store",
            format!("{file} cannot be read and written ({error})."),
            "Let whoever the server runs as own it, and run the doctor as the same.",
        ),
    }
}

fn judge_postgres(url: &PostgresUrl, found: Result<Found, OpenError>) -> Finding {
    let schema = url.schema();
    let seen = match found {
        Err(error) => {
            return Finding::wrong(
                "store",
                format!("The database cannot be used: {error}."),
                "Mend it, or name another in EXEUNT_STORE.",
            );
        }
        Ok(Found::Nothing) => {
            format!(
                "Sessions are kept in a database that answers; the first start makes its schema {schema}."
            )
        }
        Ok(Found::Store) => format!("Sessions are kept in the schema {schema} of a database that answers."),
    };
    if url.is_remote() && url.protection() < Protection::VerifyFull {
        return Finding::warning(
            "store",
            format!(
                "{seen} Nothing proves on the way there that it is this database, and not somebody in between."
            ),
            "Unless the network is yours alone, set sslmode=verify-full in EXEUNT_STORE, and sslrootcert if the database's \
             certificate comes from an authority of your own.",
        );
    }
    Finding::ok("store", seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn judge(address: &str, found: Found) -> Finding {
        judge_postgres(&address.parse().unwrap(), Ok(found))
    }

    #[test]
    fn a_database_over_the_network_is_praised_only_where_it_proves_who_it_is() {
        for (address, verdict) in [
            ("postgres://db.example/x", Verdict::Warning),
            ("postgres://db.example/x?sslmode=require", Verdict::Warning),
            ("postgres://db.example/x?sslmode=verify-full", Verdict::Ok),
            ("postgres://localhost/x", Verdict::Ok),
            ("postgres:///x?host=/run/postgresql", Verdict::Ok),
        ] {
            assert_eq!(judge(address, Found::Store).verdict, verdict, "{address}");
        }
        assert!(
            judge("postgres://localhost/x?schema=a", Found::Nothing)
                .seen
                .contains("makes its schema a")
        );
    }
}
