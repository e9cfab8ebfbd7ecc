//! Several instances of an app on one store.

use std::{collections::HashSet, sync::Arc, time::Duration};

use exeunt::store::{
    Lease, MarkRule, RedisStore, Selector, SessionRow, Store, Take,
    redis::{EngineFault, Note, RedisAddress, RedisSettings},
    suite::fixture::{IDLE, NOW, person_of, row},
};
use futures::future::join_all;

use crate::{
    CLUSTER, SINGLE,
    engine::{Engine, ending, fault, fresh_name, open, wait_for, wait_until},
};

/// What one took, the other does not get; what one claimed or leased, the other does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_two_instances_race_for_one_of_them_gets() {
    let name = fresh_name();
    let stores = [SINGLE.open(&name).await, SINGLE.open(&name).await].map(Arc::new);
    for number in 0..40 {
        let shared = SessionRow {
            sub: row(0).sub,
            ..row(number)
        };
        stores[0].begin(shared, NOW).await.unwrap();
    }
    let takes = (0..8).map(|turn| {
        let store = Arc::clone(&stores[turn % 2]);
        tokio::spawn(async move {
            let selector = if turn < 4 {
                Selector::Expired { limit: 7 }
            } else {
                person_of(&row(0))
            };
            let late = if turn < 4 { NOW + IDLE * 2 } else { NOW };
            store.take(&ending(selector), late).await.unwrap().rows
        })
    });
    let taken: Vec<_> = join_all(takes)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    let keys: HashSet<_> = taken.iter().map(|row| row.key).collect();
    assert_eq!((taken.len(), keys.len()), (40, 40));
    assert_eq!(stores[1].ends_after(0, 99).await.unwrap().len(), 40);

    let claims = join_all((0..8).map(|turn| stores[turn % 2].claim("jti", &[1; 32], NOW + IDLE, NOW))).await;
    assert_eq!(
        claims
            .into_iter()
            .filter(|claimed| *claimed.as_ref().unwrap())
            .count(),
        1
    );
    let leases = join_all(
        (0..8).map(|turn| stores[turn % 2].lease_outbox(Lease::Due(9), NOW + IDLE * 9, NOW + IDLE * 3)),
    );
    let leased: Vec<_> = leases
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .map(|entry| entry.id)
        .collect();
    assert_eq!(
        (leased.len(), leased.iter().collect::<HashSet<_>>().len()),
        (40, 40)
    );
}

/// How many listen on the channel of this store.
fn listeners(engines: &[Engine], name: &str) -> i64 {
    let count = |engine: &Engine| {
        let answer: (String, i64) = engine.ask(&["PUBSUB", "NUMSUB", &format!("{{{name}}}:ended")]);
        answer.1
    };
    engines.iter().map(count).sum()
}

/// The waiter would wait ten minutes; the end that another instance notes brings it back at once.
async fn an_end_wakes_a_waiter(engines: &[Engine], name: &str, here: &RedisStore, there: Arc<RedisStore>) {
    let place = there.last_end().await.unwrap();
    // The beginning of the listening is news too.
    there.wait_for_ends(Duration::from_secs(30)).await;
    assert_eq!(listeners(engines, name), 1);
    for number in [1, 2] {
        let place = place + i64::from(number) - 1;
        assert_eq!(there.ends_after(place, 9).await.unwrap(), []);
        let waiter = Arc::clone(&there);
        let waiting = tokio::spawn(async move { waiter.wait_for_ends(Duration::from_secs(600)).await });
        here.begin(row(number), NOW).await.unwrap();
        here.take(&ending(Selector::Key(row(number).key)), NOW)
            .await
            .unwrap();
        tokio::time::timeout(Duration::from_secs(20), waiting)
            .await
            .expect("it is told")
            .unwrap();
        assert_eq!(there.ends_after(place, 9).await.unwrap().len(), 1);
    }
    assert_eq!(
        listeners(engines, name),
        1,
        "one connection listens, however often somebody waits"
    );
}

#[tokio::test]
async fn an_end_wakes_who_waits_in_another_instance() {
    let engine = Engine::durable();
    let (here, there) = (engine.open("woken").await, Arc::new(engine.open("woken").await));
    let engines = [engine];
    an_end_wakes_a_waiter(&engines, "woken", &here, Arc::clone(&there)).await;

    // The connection is lost: it listens again by itself, and what ended meanwhile is news.
    let place = there.last_end().await.unwrap();
    engines[0].ask::<()>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    here.begin(row(3), NOW).await.unwrap();
    here.take(&ending(Selector::Key(row(3).key)), NOW).await.unwrap();
    tokio::time::timeout(
        Duration::from_secs(20),
        there.wait_for_ends(Duration::from_secs(600)),
    )
    .await
    .expect("it is told");
    assert_eq!(there.ends_after(place, 9).await.unwrap().len(), 1);
    wait_until("it listens again", || listeners(&engines, "woken") == 1);

    drop(there);
    wait_for("a store that is dropped listens no more", async || {
        tokio::task::yield_now().await;
        listeners(&engines, "woken") == 0
    })
    .await;
}

#[tokio::test]
async fn an_end_wakes_who_waits_in_a_cluster() {
    let name = fresh_name();
    let address = CLUSTER.address(&name);
    let (here, there) = (open(&address).await, Arc::new(open(&address).await));
    an_end_wakes_a_waiter(&CLUSTER.nodes, &name, &here, there).await;
}

/// What counts has reached a replica, or it is an error.
#[tokio::test]
async fn a_change_waits_for_the_replicas_that_the_address_asks_for() {
    let (master, replica) = (Engine::durable(), Engine::durable());
    replica.ask::<()>(&["REPLICAOF", "127.0.0.1", &master.port.to_string()]);
    wait_until("the replica follows", || {
        let info: String = replica.ask(&["INFO", "replication"]);
        info.contains("master_link_status:up")
    });
    assert_eq!(master.open("awaited").await.notes(), [Note::ReplicasNotAwaited]);
    let address: RedisAddress = format!("redis://127.0.0.1:{}?name=awaited&wait_replicas=1", master.port)
        .parse()
        .unwrap();
    let settings = RedisSettings {
        call_timeout: Duration::from_secs(2),
        ..RedisSettings::default()
    };
    let store = RedisStore::open(&address, settings.clone()).await.unwrap();
    assert_eq!(store.notes(), []);
    store.begin(row(1), NOW).await.unwrap();
    let has_it: bool = replica.ask(&["EXISTS", "{awaited}:sessions"]);
    assert!(has_it, "the replica had it before the call came back");

    // Of a change that found nothing, too: what an earlier one changed, over another connection, may still be on its way.
    let stamps = || {
        let info: String = replica.ask(&["INFO", "commandstats"]);
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix("cmdstat_persist:calls="));
        line.map_or(0, |line| line.split(',').next().unwrap().parse::<u64>().unwrap())
    };
    let before = stamps();
    let nothing = Take::new(Selector::Key(row(9).key), MarkRule::None);
    assert_eq!(store.take(&nothing, NOW).await.unwrap().rows.len(), 0);
    assert_eq!(
        stamps(),
        before + 1,
        "the replica has something that it can confirm"
    );

    let stopped = replica.stopped();
    let take = Take::new(Selector::Key(row(1).key), MarkRule::Sid);
    let answer = store.take(&take, NOW).await.unwrap_err();
    let expected = EngineFault::Unreplicated { wanted: 1, got: 0 };
    assert_eq!(fault(&answer), Some(&expected), "{answer:?}");
    assert_eq!(
        store.load(&row(1).key, NOW).await.unwrap(),
        None,
        "readers do not wait"
    );
    drop(stopped);
    wait_for("the replica is there again", async || store.ping().await.is_ok()).await;

    replica.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    wait_until("the master has none", || {
        let info: String = master.ask(&["INFO", "replication"]);
        info.contains("connected_slaves:0")
    });
    let notes = RedisStore::examine(&address, settings).await.unwrap();
    assert_eq!(notes, [Note::ReplicasMissing]);
}
