//! A cluster that moves the slot of a store, or loses the node that has it, while it is used.

use std::time::Duration;

use exeunt::store::{
    Begun, MarkRule, RedisStore, Store, Take,
    redis::{EngineFault, RedisAddress, RedisSettings},
    suite::fixture::{IDLE, NOW, person_of, row},
};

use crate::{
    CLUSTER,
    cluster::Cluster,
    engine::{ending, fault, fresh_name, open, wait_for},
};

/// While it is on its way, errors and nothing half done; afterwards it is followed.
#[tokio::test]
async fn a_slot_that_moves_is_followed() {
    let name = fresh_name();
    let store = open(&CLUSTER.address(&name)).await;
    for number in [1, 2] {
        store.begin(row(number), NOW).await.unwrap();
    }
    let (slot, from) = (CLUSTER.slot(&name), CLUSTER.owner(&name));
    let (source, target) = (&CLUSTER.nodes[from], &CLUSTER.nodes[(from + 1) % 3]);
    let (source_id, target_id): (String, String) =
        (source.ask(&["CLUSTER", "MYID"]), target.ask(&["CLUSTER", "MYID"]));
    target.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &source_id]);
    source.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &target_id]);
    let keys: Vec<String> = source.ask(&["CLUSTER", "GETKEYSINSLOT", &slot, "99"]);
    assert!(keys.len() > 5, "{keys:?}");
    let port = target.port.to_string();
    let migrate = |keys: &[String]| {
        let mut words = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000", "KEYS"];
        words.extend(keys.iter().map(String::as_str));
        source.ask::<()>(&words);
    };
    let (first, rest) = keys.split_at(keys.len() / 2);
    for moved in [&[][..], first, rest] {
        if !moved.is_empty() {
            migrate(moved);
        }
        let begun = store.begin(row(3), NOW).await.unwrap_err();
        let taken = store.take(&ending(person_of(&row(1))), NOW).await.unwrap_err();
        for error in [begun, taken] {
            assert_eq!(
                fault(&error),
                Some(&EngineFault::NotReady("its slot is being moved"))
            );
        }
    }
    for node in [target, source, &CLUSTER.nodes[(from + 2) % 3]] {
        node.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "NODE", &target_id]);
    }
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
    assert_eq!(
        store.begin(row(3), NOW).await.unwrap(),
        Begun::Created,
        "nothing was half written"
    );
    assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
    for number in [1, 2, 3] {
        let taken = store.take(&ending(person_of(&row(number))), NOW).await.unwrap();
        assert_eq!(taken.rows, [row(number)]);
    }
    let elsewhere: i64 = source.ask(&["CLUSTER", "COUNTKEYSINSLOT", &slot]);
    assert_eq!(elsewhere, 0);
}

/// By an operator's command there and back, and then by a crash of the one node that the address names: the replica takes over,
/// and knows what was reported.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_is_followed_and_takes_nothing_back() {
    let mut cluster = Cluster::start();
    let name = (0..)
        .map(|number| format!("failing-{number}"))
        .find(|name| cluster.owner(name) == 0)
        .unwrap();
    let replica = cluster.replica_of(0);
    let port = cluster.nodes[0].port;
    let address = format!("redis+cluster://127.0.0.1:{port}?name={name}&wait_replicas=1");
    let address: RedisAddress = address.parse().unwrap();
    let settings = RedisSettings {
        call_timeout: Duration::from_secs(2),
        ..RedisSettings::default()
    };
    let store = RedisStore::open(&address, settings.clone()).await.unwrap();
    for number in [1, 2] {
        store.begin(row(number), NOW).await.unwrap();
    }
    let ended = store.take(&ending(person_of(&row(2))), NOW).await.unwrap();
    assert_eq!(ended.rows.len(), 1);

    for node in [replica, 0] {
        cluster.make_master(node);
        let touched = store.touch(&row(1).key, NOW + IDLE, NOW).await;
        assert!(touched.unwrap(), "it was followed");
        assert_eq!(store.load(&row(2).key, NOW).await.unwrap(), None);
    }

    // One that has not been sent to the replica before: it knows of it from the cluster alone.
    let store = RedisStore::open(&address, settings).await.unwrap();
    drop(cluster.nodes.remove(0));
    assert!(store.load(&row(1).key, NOW).await.is_err(), "nobody has it yet");
    wait_for("the replica has taken over", async || {
        let found = store.load(&row(1).key, NOW).await;
        found.is_ok_and(|found| found.is_some())
    })
    .await;
    assert_eq!(store.load(&row(2).key, NOW).await.unwrap(), None);
    let unreplicated = EngineFault::Unreplicated { wanted: 1, got: 0 };
    wait_for("no replica is left", async || {
        let answer = store.ping().await;
        answer.is_err_and(|error| fault(&error) == Some(&unreplicated))
    })
    .await;
    let take = Take::new(person_of(&row(1)), MarkRule::None);
    assert_eq!(
        fault(&store.take(&take, NOW).await.unwrap_err()),
        Some(&unreplicated)
    );
}
