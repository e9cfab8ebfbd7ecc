//! The places of ends, and the bell.

use std::time::Instant;

use exeunt::store::{
    EndRecord, MarkRule, Selector, SessionKey, Store,
    suite::fixture::{NOW, begun, row},
};

use super::*;

fn keys(ends: &[EndRecord]) -> Vec<SessionKey> {
    ends.iter().map(|end| end.key).collect()
}

/// A take that wrote its record first is committed last. Who followed the ends meanwhile meets its record nevertheless, and
/// did not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_committed_late_has_a_late_place() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store: Arc<dyn Store> = Arc::new(open(&url).await);
    for number in [1, 2] {
        begun(&store, row(number)).await;
    }
    let beside = beside(cluster, &url).await;
    beside
        .batch_execute("BEGIN; LOCK TABLE mark IN SHARE MODE")
        .await
        .unwrap();
    let first = {
        let (store, take) = (
            Arc::clone(&store),
            whole(Selector::Key(row(1).key), MarkRule::Sid),
        );
        tokio::spawn(async move { store.take(&take, NOW).await.unwrap() })
    };
    // It waits to write its mark: its record is written.
    until(&beside, &waiting(url.schema(), "relation", 1)).await;
    let second = whole(Selector::Key(row(2).key), MarkRule::None);
    assert_eq!(store.take(&second, NOW).await.unwrap().rows, [row(2)]);
    let seen = store.ends_after(0, 9).await.unwrap();
    assert_eq!(keys(&seen), [row(2).key]);
    let place = store.last_end().await.unwrap();
    assert_eq!(place, seen[0].seq);

    beside.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(first.await.unwrap().rows, [row(1)]);
    assert_eq!(keys(&store.ends_after(place, 9).await.unwrap()), [row(1).key]);
    assert_eq!(
        keys(&store.ends_after(0, 9).await.unwrap()),
        [row(2).key, row(1).key]
    );
}

/// Somebody else's transaction, as a dump of the database is, stays open for hours.
#[tokio::test]
async fn a_transaction_that_stays_open_elsewhere_holds_no_end_up() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store: Arc<dyn Store> = Arc::new(open(&url).await);
    begun(&store, row(1)).await;
    let elsewhere = cluster.connect().await;
    elsewhere
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT txid_current()")
        .await
        .unwrap();
    let take = whole(Selector::Key(row(1).key), MarkRule::Sid);
    store.take(&take, NOW).await.unwrap();
    assert_eq!(keys(&store.ends_after(0, 9).await.unwrap()), [row(1).key]);
}

/// Several read at once what has no place yet: each end gets one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_readers_give_each_end_one_place() {
    let url = Cluster::shared().url();
    let stores: Vec<Arc<dyn Store>> = vec![Arc::new(open(&url).await), Arc::new(open(&url).await)];
    for number in 0..60 {
        begun(&stores[0], row(number)).await;
    }
    let mut tasks = Vec::new();
    for number in 0..60 {
        let store = Arc::clone(&stores[number as usize % 2]);
        let take = whole(Selector::Key(row(number).key), MarkRule::None);
        tasks.push(tokio::spawn(async move {
            store.take(&take, NOW).await.unwrap();
            store.load_end(&row(number).key, NOW).await.unwrap().unwrap().seq
        }));
    }
    let mut told = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    let places = async |store: &Arc<dyn Store>| -> Vec<i64> {
        store
            .ends_after(0, 99)
            .await
            .unwrap()
            .iter()
            .map(|end| end.seq)
            .collect()
    };
    told.sort_unstable();
    assert_eq!(
        places(&stores[0]).await,
        told,
        "a place that was told has changed"
    );
    assert_eq!(places(&stores[1]).await, told);
    told.dedup();
    assert_eq!(told.len(), 60);
}

/// By what another process ended: at once, not at the end of its patience.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_ends_is_woken_by_another_process() {
    let url = Cluster::shared().url();
    let (server, operator) = (open(&url).await, Arc::new(open(&url).await));
    // It comes back for the first time when it listens.
    server.wait_for_ends(PATIENCE).await;
    for number in 0..3 {
        operator.begin(row(number), NOW).await.unwrap();
        let place = server.last_end().await.unwrap();
        let started = Instant::now();
        let ending = {
            let (operator, take) = (
                Arc::clone(&operator),
                whole(Selector::Key(row(number).key), MarkRule::Sid),
            );
            tokio::spawn(async move { operator.take(&take, NOW).await.unwrap() })
        };
        let seen = loop {
            server.wait_for_ends(PATIENCE).await;
            let seen = server.ends_after(place, 9).await.unwrap();
            if !seen.is_empty() {
                break seen;
            }
        };
        assert_eq!(keys(&seen), [row(number).key]);
        assert!(started.elapsed() < PATIENCE / 2, "nobody woke it");
        ending.await.unwrap();
    }
}
