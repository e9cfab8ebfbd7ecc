//! Where sessions are kept: whether it can be used, and whether it keeps what it is told. Looked at, and not changed.

use std::{fs::OpenOptions, io::ErrorKind, path::Path};

use exeunt::{
    config::{PostgresUrl, Protection, StoreChoice},
    store::{
        PostgresStore, RedisStore,
        postgres::{self, Found, PostgresSettings},
        redis::{self, Note, RedisAddress, RedisSettings},
    },
};

use super::finding::Finding;
use crate::config::ServerConfig;

pub(super) async fn examine(config: &ServerConfig) -> Vec<Finding> {
    match &config.store {
        StoreChoice::Memory => vec![Finding::warning(
            "store",
            "Sessions are kept in memory: a restart forgets them all, and what was still to be revoked.",
            "Set EXEUNT_STORE to a file, like sqlite:/var/lib/exeunt/exeunt.sqlite.",
        )],
        StoreChoice::Sqlite(path) => vec![sqlite(path)],
        StoreChoice::Postgres(url) => {
            let found = PostgresStore::look(url, &PostgresSettings::default()).await;
            vec![judge_postgres(url, found)]
        }
        StoreChoice::Redis(address) => in_redis(address).await,
    }
}

/// Not even opened: the server may be at work on it.
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

fn judge_postgres(url: &PostgresUrl, found: Result<Found, postgres::OpenError>) -> Finding {
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

async fn in_redis(address: &RedisAddress) -> Vec<Finding> {
    judge_redis(RedisStore::examine(address, RedisSettings::default()).await)
}

fn judge_redis(examined: Result<Vec<Note>, redis::OpenError>) -> Vec<Finding> {
    match examined {
        Ok(notes) if notes.is_empty() => vec![Finding::ok(
            "store",
            "Sessions are kept in Redis, which keeps what it is told.",
        )],
        // What is wrong stands before the colon, and the mend behind it or with it.
        Ok(notes) => notes
            .iter()
            .map(|note| {
                Finding::warning(
                    "store",
                    format!("{note}."),
                    "Change that at Redis or in EXEUNT_STORE.",
                )
            })
            .collect(),
        Err(error) => vec![Finding::wrong(
            "store",
            format!("{error}."),
            "Until that is mended nobody can sign in.",
        )],
    }
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

    #[test]
    fn what_redis_may_lose_is_a_warning_and_what_it_throws_away_is_wrong() {
        let verdicts = |examined| {
            judge_redis(examined)
                .iter()
                .map(|found| found.verdict)
                .collect::<Vec<_>>()
        };
        assert_eq!(verdicts(Ok(vec![])), [Verdict::Ok]);
        let notes = vec![Note::NoAppendOnlyFile, Note::ReplicasNotAwaited];
        assert_eq!(verdicts(Ok(notes)), [Verdict::Warning, Verdict::Warning]);
        let policy = "allkeys-lru".to_owned();
        assert_eq!(
            verdicts(Err(redis::OpenError::Eviction { policy })),
            [Verdict::Wrong]
        );
    }

    #[tokio::test]
    async fn a_redis_that_is_not_there_is_found_out_and_not_named() {
        let address = "redis://:hunter2@127.0.0.1:1".parse().unwrap();
        let [found] = &in_redis(&address).await[..] else {
            panic!("one finding");
        };
        assert_eq!(found.verdict, Verdict::Wrong);
        let told = format!("{found:?}");
        assert!(told.contains("cannot be reached"), "{told}");
        assert!(!told.contains("hunter2") && !told.contains("127.0.0.1"), "{told}");
    }
}
