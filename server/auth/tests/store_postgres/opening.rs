//! What may be opened, by whom, and what is told of the rest.

use exeunt::store::{
    Store,
    postgres::{Found, OpenError},
    suite::fixture::row,
};

use super::*;

async fn refusal(url: &PostgresUrl) -> OpenError {
    PostgresStore::open(url, PostgresSettings::default())
        .await
        .expect_err("the store must not open")
}

async fn look(url: &PostgresUrl) -> Result<Found, OpenError> {
    PostgresStore::look(url, &PostgresSettings::default()).await
}

/// Instances that are rolled out together, many times over.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_may_set_the_schema_up_at_once() {
    let cluster = Cluster::shared();
    for _ in 0..4 {
        let url = cluster.url();
        let opening: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { PostgresStore::open(&url, PostgresSettings::default()).await })
            })
            .collect();
        for (number, opened) in (0..).zip(opening) {
            let store = opened.await.unwrap().expect("each of them opens");
            store.begin(row(number), NOW).await.unwrap();
        }
        let beside = beside(cluster, &url).await;
        let counts = beside
            .query_one(
                "SELECT (SELECT count(*) FROM exeunt_schema), (SELECT count(*) FROM session)",
                &[],
            )
            .await
            .unwrap();
        assert_eq!((counts.get::<_, i64>(0), counts.get::<_, i64>(1)), (1, 6));
    }
}

#[tokio::test]
async fn what_was_kept_is_there_when_it_is_opened_again() {
    let url = Cluster::shared().url();
    assert_eq!(look(&url).await.unwrap(), Found::Nothing);
    assert_eq!(look(&url).await.unwrap(), Found::Nothing, "a look makes nothing");
    open(&url).await.begin(row(1), NOW).await.unwrap();
    assert_eq!(look(&url).await.unwrap(), Found::Store);
    let kept = open(&url).await.load(&row(1).key, NOW).await.unwrap();
    assert_eq!(kept, Some(row(1).head()));
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_left_alone() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    drop(open(&url).await);
    let beside = beside(cluster, &url).await;
    beside
        .batch_execute("UPDATE exeunt_schema SET version = 99")
        .await
        .unwrap();
    for error in [refusal(&url).await, look(&url).await.unwrap_err()] {
        assert!(
            matches!(
                error,
                OpenError::Newer {
                    found: 99,
                    known: 2,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains("run the newer version"), "{error}");
    }
}

#[tokio::test]
async fn a_schema_of_another_program_is_left_alone() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let beside = beside(cluster, &url).await;
    let theirs = format!(
        "CREATE SCHEMA {0}; CREATE TABLE {0}.session (theirs int)",
        url.schema()
    );
    beside.batch_execute(&theirs).await.unwrap();
    for error in [refusal(&url).await, look(&url).await.unwrap_err()] {
        assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
        assert!(error.to_string().contains("schema=NAME"), "{error}");
    }
    assert!(beside.query("SELECT theirs FROM session", &[]).await.is_ok());
}

/// Two stores in one database have nothing in common.
#[tokio::test]
async fn each_schema_is_a_store_of_its_own() {
    let cluster = Cluster::shared();
    let (here, there) = (open(&cluster.url()).await, open(&cluster.url()).await);
    here.begin(row(1), NOW).await.unwrap();
    assert_eq!(there.load(&row(1).key, NOW).await.unwrap(), None);
    there.begin(row(1), NOW).await.unwrap();
}

/// The message names what mends it, and that mends it.
#[tokio::test]
async fn a_user_who_may_not_create_a_schema_needs_one_of_its_own() {
    let cluster = Cluster::shared();
    let (schema, user) = (cluster::fresh_schema(), cluster::fresh_schema());
    let owner = cluster.connect().await;
    owner
        .batch_execute(&format!("CREATE ROLE {user} LOGIN"))
        .await
        .unwrap();
    let address = cluster.address(&schema).replace("owner@", &format!("{user}@"));
    let url: PostgresUrl = address.parse().unwrap();
    let error = refusal(&url).await;
    assert!(matches!(error, OpenError::Denied { .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("create {schema}")), "{error}");
    let mend = format!("CREATE SCHEMA {schema} AUTHORIZATION {user}");
    owner.batch_execute(&mend).await.unwrap();
    open(&url).await.begin(row(1), NOW).await.unwrap();
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_character_is_refused() {
    let cluster = Cluster::shared();
    let name = cluster::fresh_schema();
    let create =
        format!("CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    cluster.connect().await.batch_execute(&create).await.unwrap();
    let address = cluster
        .address("exeunt")
        .replace("@/postgres", &format!("@/{name}"));
    let error = refusal(&address.parse().unwrap()).await;
    assert!(
        matches!(&error, OpenError::Encoding { found } if found == "LATIN1"),
        "{error:?}"
    );
    assert!(error.to_string().contains("UTF8"), "{error}");
}

/// A database that is not there, a user that is not there, a port where nobody is.
#[tokio::test]
async fn i16_what_cannot_be_reached_is_told_without_the_address() {
    let cluster = Cluster::shared();
    let nobody = format!("postgres://u:hunter2@127.0.0.1:{}/hunter2", cluster::free_port());
    let missing = cluster.address("x").replace("@/postgres", ":hunter2@/hunter3");
    for (address, hidden) in [(nobody, "127.0.0.1"), (missing, "exeunt-pg")] {
        let url: PostgresUrl = address.parse().unwrap();
        let error = refusal(&url).await;
        assert!(matches!(error, OpenError::Connect(_)), "{error:?}");
        for shown in [error.to_string(), format!("{error:?} {url:?}")] {
            assert!(!shown.contains("hunter2") && !shown.contains(hidden), "{shown}");
        }
    }
}

#[tokio::test]
async fn i16_the_store_shows_nothing_of_its_address() {
    let cluster = Cluster::shared();
    let address = cluster
        .address(&cluster::fresh_schema())
        .replace("owner@", "owner:hunter2@");
    let shown = format!("{:#?}", open(&address.parse().unwrap()).await);
    assert!(!shown.contains("hunter2") && !shown.contains("owner"), "{shown}");
}
