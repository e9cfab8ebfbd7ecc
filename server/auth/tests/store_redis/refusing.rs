//! Engines that a store must not be kept in, or not be written at present.

use exeunt::store::{
    Begun, Lease, MarkRule, Once, OutboxEntry, OutboxId, RedisStore, Selector, Store, Take,
    redis::{EngineFault, Note, OpenError, RedisAddress, RedisSettings},
    suite::fixture::{IDLE, NOW, pending_key, person_of, row, sid_of},
};

use crate::{
    CLUSTER, SINGLE,
    engine::{DURABLE, Engine, ending, fault, free_port, fresh_name},
};

/// Evicted, a session would be signed out; its mark or the memory of a logout token evicted, one would live again.
#[tokio::test]
async fn i02_an_engine_that_throws_data_away_is_refused() {
    let engine = Engine::durable();
    for (policy, is_refused) in [
        ("allkeys-lru", true),
        ("allkeys-random", true),
        ("volatile-lru", false),
        ("noeviction", false),
    ] {
        engine.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", policy]);
        let opened = RedisStore::open(&engine.address("evicting"), RedisSettings::default()).await;
        match opened {
            Err(OpenError::Eviction { policy: named }) => {
                assert_eq!((named.as_str(), is_refused), (policy, true));
            }
            opened => assert!(opened.is_ok() && !is_refused, "{policy}: {opened:?}"),
        }
    }
}

#[tokio::test]
async fn what_an_engine_may_lose_is_noted() {
    let engine = Engine::start(&["--save", ""]);
    let noted = async || engine.open("noted").await.notes().to_vec();
    assert_eq!(noted().await, [Note::NoAppendOnlyFile]);
    engine.ask::<()>(&["CONFIG", "SET", "appendonly", "yes"]);
    assert_eq!(noted().await, [Note::NotSynchronised]);
    engine.ask::<()>(&["CONFIG", "SET", "appendfsync", "always"]);
    assert_eq!(noted().await, []);
    // As managed services have it.
    engine.ask::<()>(&["ACL", "SETUSER", "default", "-config", "-info"]);
    assert_eq!(noted().await, [Note::Unknown]);
}

/// Its data may be old: a session that ended since would live there.
#[tokio::test]
async fn i02_a_replica_is_neither_opened_nor_read() {
    let master = Engine::durable();
    let store = master.open("replicated").await;
    store.begin(row(1), NOW).await.unwrap();
    let replica = Engine::durable();
    let (host, port) = ("127.0.0.1", master.port.to_string());
    replica.ask::<()>(&["REPLICAOF", host, &port]);
    let refusal = replica.refusal("replicated").await;
    assert!(
        matches!(refusal, OpenError::Engine(EngineFault::ReadOnly)),
        "{refusal:?}"
    );

    // One that becomes a replica under the store.
    let nobody = free_port().to_string();
    master.ask::<()>(&["REPLICAOF", host, &nobody]);
    let read = store.load(&row(1).key, NOW).await.unwrap_err();
    let listed = store.list(&row(1).iss, &row(1).sub, NOW).await.unwrap_err();
    let taken = store.take(&ending(sid_of(&row(1))), NOW).await.unwrap_err();
    let pinged = store.ping().await.unwrap_err();
    for error in [read, listed, taken, pinged] {
        assert_eq!(fault(&error), Some(&EngineFault::ReadOnly));
    }
    master.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());
}

fn entry(number: u8) -> OutboxEntry {
    OutboxEntry {
        id: OutboxId([number; 32]),
        iss: row(1).iss,
        sub: row(1).sub,
        reason: String::new(),
        sealed: vec![number],
        progress: String::new(),
        created_at: NOW,
        due_at: NOW,
        attempts: 0,
        leased_until: None,
        kept_until: None,
    }
}

/// What adds is refused as a whole; what ends or only reads goes on.
#[tokio::test]
async fn a_full_engine_takes_nothing_in_and_still_signs_out() {
    let engine = Engine::durable();
    let store = engine.open("full").await;
    store.begin(row(1), NOW).await.unwrap();
    engine.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]);

    let answers = [
        store.begin(row(2), NOW).await.map(drop),
        store.put_pending(&pending_key(1), vec![1], NOW + IDLE).await,
        store.claim("jti", &[1; 32], NOW + IDLE, NOW).await.map(drop),
        store.put_outbox(entry(1)).await,
        store.ping().await,
    ];
    for answer in answers {
        assert_eq!(fault(&answer.unwrap_err()), Some(&EngineFault::Full));
    }
    assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());
    assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.unwrap());
    let take = ending(sid_of(&row(1))).once(Once {
        purpose: "jti",
        id: [2; 32],
        until: NOW + IDLE,
    });
    assert_eq!(store.take(&take, NOW).await.unwrap().rows, [row(1)]);
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), None);

    engine.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    assert!(store.take(&take, NOW).await.unwrap().repeated);
    assert_eq!(store.ends_after(0, 9).await.unwrap().len(), 1);
    assert_eq!(store.list(&row(2).iss, &row(2).sub, NOW).await.unwrap(), []);
    assert_eq!(store.load_pending(&pending_key(1), NOW).await.unwrap(), None);
    assert!(store.claim("jti", &[1; 32], NOW + IDLE, NOW).await.unwrap());
    assert_eq!(store.load_outbox(&entry(1).id).await.unwrap(), None);
    let due = store.lease_outbox(Lease::Due(9), NOW + IDLE, NOW).await.unwrap();
    assert_eq!(due.len(), 1, "that of the session which ended");
    assert_eq!(store.begin(row(2), NOW).await.unwrap(), Begun::Created);
    let taken = store
        .take(&Take::new(person_of(&row(2)), MarkRule::None), NOW)
        .await;
    assert_eq!(taken.unwrap().rows, [row(2)]);
}

#[tokio::test]
async fn keys_of_another_program_are_left_alone() {
    let name = fresh_name();
    SINGLE.ask::<()>(&["SET", &format!("{{{name}}}:sessions"), "theirs"]);
    let refusal = SINGLE.refusal(&name).await;
    assert!(matches!(refusal, OpenError::Foreign), "{refusal:?}");
    let theirs: String = SINGLE.ask(&["GET", &format!("{{{name}}}:sessions")]);
    assert_eq!(theirs, "theirs");

    let name = fresh_name();
    SINGLE.ask::<()>(&["HSET", &format!("{{{name}}}:outbox"), "a", "b"]);
    let refusal = SINGLE.refusal(&name).await;
    assert!(
        matches!(refusal, OpenError::Foreign),
        "of the same kind: {refusal:?}"
    );
}

#[tokio::test]
async fn a_store_of_another_layout_is_refused() {
    let name = fresh_name();
    drop(SINGLE.open(&name).await);
    SINGLE.ask::<()>(&["HSET", &format!("{{{name}}}:probe"), "layout", "2"]);
    let refusal = SINGLE.refusal(&name).await;
    assert!(
        matches!(refusal, OpenError::OtherLayout { found: 2, known: 1 }),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_user_who_may_not_do_all_of_it_is_found_out_at_the_opening() {
    let engine = Engine::durable();
    let user = [
        "ACL", "SETUSER", "app", "on", ">pass", "~{app}:*", "&{app}:*", "+@all",
    ];
    engine.ask::<()>(&user);
    let address = format!("redis://app:pass@127.0.0.1:{}?name=app", engine.port);
    let address: RedisAddress = address.parse().unwrap();
    let open = || RedisStore::open(&address, RedisSettings::default());
    assert!(open().await.is_ok());
    for command in ["zrem", "incrby", "hset", "evalsha"] {
        engine.ask::<()>(&["ACL", "SETUSER", "app", "+@all", &format!("-{command}")]);
        let refusal = open().await.expect_err(command);
        assert!(
            matches!(refusal, OpenError::Engine(EngineFault::NotPermitted)),
            "{command}: {refusal:?}"
        );
    }
}

#[tokio::test]
async fn a_cluster_and_a_single_server_are_not_taken_for_each_other() {
    let name = (0..)
        .map(|number| format!("astray-{number}"))
        .find(|name| CLUSTER.owner(name) != 0)
        .unwrap();
    let refusal = CLUSTER.nodes[0].refusal(&name).await;
    assert!(
        matches!(refusal, OpenError::Engine(EngineFault::IsCluster)),
        "{refusal:?}"
    );
    let address = format!("redis+cluster://127.0.0.1:{}", SINGLE.port)
        .parse()
        .unwrap();
    let refusal = RedisStore::open(&address, RedisSettings::default())
        .await
        .unwrap_err();
    assert!(
        matches!(refusal, OpenError::Engine(EngineFault::IsNoCluster)),
        "{refusal:?}"
    );
}

/// All that an error says, with all that it comes from.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        told.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    told
}

#[tokio::test]
async fn i16_neither_address_nor_password_is_told() {
    let engine = Engine::start(&[&DURABLE[..], &["--requirepass", "hunter2"]].concat());
    let address = |password: &str, port: u16| -> RedisAddress {
        format!("redis://:{password}@127.0.0.1:{port}?name=secret")
            .parse()
            .unwrap()
    };
    let right = address("hunter2", engine.port);
    let store = RedisStore::open(&right, RedisSettings::default()).await.unwrap();
    let mut all = format!("{right:?} {store:?} {:?}", store.notes());

    let wrong = RedisStore::open(&address("hunter23", engine.port), RedisSettings::default()).await;
    let wrong = wrong.unwrap_err();
    assert!(
        matches!(wrong, OpenError::Engine(EngineFault::Authentication)),
        "{wrong:?}"
    );
    all.push_str(&told(&wrong));
    let nobody = RedisStore::open(&address("hunter2", free_port()), RedisSettings::default()).await;
    let nobody = nobody.unwrap_err();
    assert!(
        matches!(nobody, OpenError::Engine(EngineFault::Unreachable(_))),
        "{nobody:?}"
    );
    all.push_str(&told(&nobody));

    store.begin(row(1), NOW).await.unwrap();
    drop(engine);
    let read = store.load(&row(1).key, NOW).await.unwrap_err();
    let taken = store
        .take(&ending(Selector::Key(row(1).key)), NOW)
        .await
        .unwrap_err();
    for error in [read, taken] {
        all.push_str(&told(&error));
    }
    for secret in ["hunter2", "127.0.0.1", "person-1"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}
