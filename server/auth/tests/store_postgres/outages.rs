//! A server that is stopped, does not answer, only reads, or crashes.

use std::{process::Command, time::Instant};

use exeunt::store::{Store, StoreError, postgres::OpenError, suite::fixture::row};
use tokio::net::TcpListener;

use super::*;

/// Asks until the store answers again. Connections that broke off are found out one by one.
async fn recovers(store: &PostgresStore) {
    let answers = async { while store.ping().await.is_err() {} };
    tokio::time::timeout(PATIENCE, answers)
        .await
        .expect("it does not recover");
}

#[tokio::test(flavor = "multi_thread")]
async fn i17_a_server_that_stops_is_told_in_time_and_found_again_when_it_is_back() {
    let cluster = Cluster::start("");
    let store = open(&cluster.url()).await;
    store.begin(row(1), NOW).await.unwrap();
    store.wait_for_ends(PATIENCE).await;
    cluster.stop();
    let started = Instant::now();
    for _ in 0..3 {
        assert!(store.ping().await.is_err());
        let loaded = store.load(&row(1).key, NOW).await;
        assert!(loaded.is_err(), "{loaded:?}");
        let taken = store
            .take(&whole(Selector::Key(row(1).key), MarkRule::Sid), NOW)
            .await;
        assert!(taken.is_err(), "{taken:?}");
    }
    // Nobody to listen to is no fault either.
    store.wait_for_ends(Duration::from_millis(1)).await;
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    cluster.begin();
    recovers(&store).await;
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
    // It listens anew, and comes back since it may have missed something.
    let started = Instant::now();
    store.wait_for_ends(PATIENCE * 2).await;
    assert!(started.elapsed() < PATIENCE, "it does not listen any more");
}

/// A machine that is gone without a word: connections are accepted and nothing comes.
#[tokio::test]
async fn i17_a_server_that_never_answers_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url: PostgresUrl = format!("postgres://u:hunter2@127.0.0.1:{port}/x")
        .parse()
        .unwrap();
    let settings = PostgresSettings {
        call_timeout: Duration::from_millis(200),
        ..PostgresSettings::default()
    };
    for error in [
        PostgresStore::open(&url, settings.clone())
            .await
            .map(|_| ())
            .unwrap_err(),
        PostgresStore::look(&url, &settings)
            .await
            .map(|_| ())
            .unwrap_err(),
    ] {
        assert!(matches!(error, OpenError::Timeout(_)), "{error:?}");
    }
}

/// The server's process for a connection hangs, and no time limit of its own helps: the next call has another connection.
#[tokio::test]
async fn a_connection_that_hangs_is_not_handed_on() {
    let cluster = Cluster::start("");
    let url = cluster.url();
    let store = open_impatient(&url).await;
    store.begin(row(1), NOW).await.unwrap();
    let own = "SELECT pid::text FROM pg_stat_activity WHERE application_name = $1";
    let own = cluster
        .connect()
        .await
        .query_one(own, &[&url.schema()])
        .await
        .unwrap();
    let signal = |signal| {
        let sent = Command::new("kill").args([signal, own.get(0)]).status().unwrap();
        assert!(sent.success());
    };
    signal("-STOP");
    let loaded = store.load(&row(1).key, NOW).await;
    assert!(
        matches!(loaded, Err(StoreError::Timeout(IMPATIENCE))),
        "{loaded:?}"
    );
    let loaded = store.load(&row(1).key, NOW).await;
    signal("-CONT");
    assert_eq!(loaded.unwrap(), Some(row(1).head()));
}

/// As a database is that is about to be moved away.
#[tokio::test]
async fn i17_a_server_that_only_reads_is_no_success_for_any_write() {
    let cluster = Cluster::start("");
    let store = open(&cluster.url()).await;
    store.begin(row(1), NOW).await.unwrap();
    let owner = cluster.connect().await;
    let switch = async |to: &str| {
        let sql = format!("ALTER SYSTEM SET default_transaction_read_only TO {to}");
        owner
            .batch_execute("SET default_transaction_read_only TO off")
            .await
            .unwrap();
        owner.batch_execute(&sql).await.unwrap();
        cluster.reload();
        let fresh = async {
            loop {
                let setting =
                    "SELECT reset_val = $1 FROM pg_settings WHERE name = 'default_transaction_read_only'";
                if owner.query_one(setting, &[&to]).await.unwrap().get(0) {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, fresh).await.unwrap();
    };
    switch("on").await;
    let reads_only = async { while store.ping().await.is_ok() {} };
    tokio::time::timeout(PATIENCE, reads_only)
        .await
        .expect("a ping does not notice");
    for _ in 0..20 {
        let taken = store
            .take(&whole(Selector::Key(row(1).key), MarkRule::Sid), NOW)
            .await;
        assert!(matches!(taken, Err(StoreError::Backend(_))), "{taken:?}");
        assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.is_err());
        assert!(store.begin(row(2), NOW).await.is_err());
        assert!(store.ping().await.is_err());
    }
    let error = PostgresStore::open(&cluster.url(), PostgresSettings::default())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not allow writes"), "{error}");
    switch("off").await;
    recovers(&store).await;
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
    assert_eq!(
        store.begin(row(2), NOW).await.unwrap(),
        exeunt::store::Begun::Created
    );
}

/// After a failover the old address may lead to a standby, which lags behind: it would tell of sessions that have ended.
#[tokio::test]
async fn i02_a_standby_is_not_even_read() {
    let cluster = Cluster::start("");
    let store = open(&cluster.url()).await;
    store.begin(row(1), NOW).await.unwrap();
    cluster.stop();
    cluster.give("data/standby.signal", b"");
    cluster.begin();
    let beside = cluster.connect().await;
    let standby = beside.query_one("SELECT pg_is_in_recovery()", &[]).await.unwrap();
    assert!(standby.get::<_, bool>(0));
    for _ in 0..20 {
        let loaded = store.load(&row(1).key, NOW).await;
        assert!(loaded.is_err(), "{loaded:?}");
    }
    beside.execute("SELECT pg_promote()", &[]).await.unwrap();
    recovers(&store).await;
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
}

/// The server itself would have let the last moments go.
#[tokio::test]
async fn what_was_told_to_have_happened_survives_a_crash() {
    let cluster = Cluster::start("synchronous_commit = off\nwal_writer_delay = 10s\n");
    let url = cluster.url();
    let store = open(&url).await;
    for number in 0..20 {
        store.begin(row(number), NOW).await.unwrap();
    }
    for number in 0..10 {
        let take = whole(Selector::Key(row(number).key), MarkRule::Sid);
        assert_eq!(store.take(&take, NOW).await.unwrap().rows.len(), 1);
    }
    cluster.crash();
    cluster.begin();
    let store = open(&url).await;
    for number in 0..20 {
        let is_there = store.load(&row(number).key, NOW).await.unwrap().is_some();
        assert_eq!(is_there, number >= 10, "session {number}");
    }
    assert_eq!(store.ends_after(0, 99).await.unwrap().len(), 10);
}
