//! A server that crashes, stands still or forgets its scripts: errors in time, nothing lost, and then it goes on.

use std::time::{Duration, Instant};

use exeunt::store::{
    Begun, MarkRule, OutboxId, RedisStore, Selector, Store, StoreError, Take,
    redis::{EngineFault, RedisSettings},
    suite::fixture::{IDLE, NOW, pending_key, row, sid_of},
};

use crate::engine::{DURABLE, Engine, ending, fault, wait_for};
use crate::proxy::Proxy;

const LIMIT: Duration = Duration::from_millis(400);

async fn hurried(engine: &Engine) -> RedisStore {
    let settings = RedisSettings {
        connect_timeout: LIMIT / 2,
        call_timeout: LIMIT,
        ..RedisSettings::default()
    };
    RedisStore::open(&engine.address("hurried"), settings)
        .await
        .unwrap()
}

/// Sessions, marks, what is to be revoked and what ended, all of it.
#[tokio::test]
async fn what_was_reported_survives_a_crash() {
    let engine = Engine::durable();
    let store = hurried(&engine).await;
    for number in [1, 2] {
        store.begin(row(number), NOW).await.unwrap();
    }
    let taken = store.take(&ending(sid_of(&row(2))), NOW).await.unwrap();
    assert_eq!(taken.rows, [row(2)]);
    let ends = store.ends_after(0, 9).await.unwrap();
    assert_eq!(ends.len(), 1);

    let crashed = engine.crash();
    let started = Instant::now();
    let take = Take::new(Selector::Key(row(1).key), MarkRule::None);
    assert!(store.take(&take, NOW).await.is_err());
    assert!(store.load(&row(1).key, NOW).await.is_err());
    assert!(store.ping().await.is_err());
    assert!(started.elapsed() < LIMIT * 10, "it took {:?}", started.elapsed());

    let _engine = crashed.again(&DURABLE);
    wait_for("the store is used again", async || store.ping().await.is_ok()).await;
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
    assert_eq!(store.load(&row(2).key, NOW).await.unwrap(), None);
    assert_eq!(store.begin(row(2), NOW).await.unwrap(), Begun::Refused);
    assert_eq!(store.ends_after(0, 9).await.unwrap(), ends);
    let queued = store.load_outbox(&OutboxId(row(2).key.0)).await.unwrap();
    assert_eq!(queued.unwrap().sealed, row(2).tokens);
}

#[tokio::test]
async fn a_server_that_stands_still_is_a_timeout_and_used_again_when_it_goes_on() {
    let engine = Engine::durable();
    let store = hurried(&engine).await;
    store.begin(row(1), NOW).await.unwrap();
    let stopped = engine.stopped();
    for _ in 0..3 {
        let started = Instant::now();
        let answer = store.touch(&row(1).key, NOW + IDLE, NOW).await;
        assert!(
            matches!(answer, Err(StoreError::Timeout(LIMIT) | StoreError::Backend(_))),
            "{answer:?}"
        );
        assert!(started.elapsed() < LIMIT * 5, "it took {:?}", started.elapsed());
    }
    drop(stopped);
    wait_for("the store is used again", async || store.ping().await.is_ok()).await;
    assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.unwrap());
}

#[tokio::test]
async fn a_server_that_is_paused_is_a_timeout() {
    let engine = Engine::durable();
    let store = hurried(&engine).await;
    store.begin(row(1), NOW).await.unwrap();
    engine.ask::<()>(&["CLIENT", "PAUSE", "1500", "ALL"]);
    let take = Take::new(Selector::Key(row(1).key), MarkRule::None);
    let answer = store.take(&take, NOW).await;
    assert!(matches!(answer, Err(StoreError::Timeout(LIMIT))), "{answer:?}");
    wait_for("the store is used again", async || store.ping().await.is_ok()).await;
}

/// Nobody says that it has ended: it is given up when a call gets no answer, and the next goes over another.
#[tokio::test]
async fn a_connection_that_falls_silent_is_replaced() {
    let engine = Engine::durable();
    let proxy = Proxy::to(engine.port).await;
    let settings = RedisSettings {
        call_timeout: LIMIT,
        ..RedisSettings::default()
    };
    let store = RedisStore::open(&proxy.address("silent"), settings)
        .await
        .unwrap();
    store.begin(row(1), NOW).await.unwrap();
    assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());
    proxy.fall_silent();
    let touched = store.touch(&row(1).key, NOW + IDLE, NOW).await;
    assert!(matches!(touched, Err(StoreError::Timeout(LIMIT))), "{touched:?}");
    let loaded = store.load(&row(1).key, NOW).await;
    assert!(matches!(loaded, Err(StoreError::Timeout(LIMIT))), "{loaded:?}");
    assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.unwrap());
    assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());
}

/// A server that has fallen behind answers quickly instead of being handed ever more.
#[tokio::test]
async fn one_call_more_than_may_be_under_way_fails_at_once() {
    let engine = Engine::durable();
    let settings = RedisSettings {
        capacity: 2.try_into().unwrap(),
        call_timeout: Duration::from_secs(2),
        ..RedisSettings::default()
    };
    let store = RedisStore::open(&engine.address("full"), settings).await.unwrap();
    let stopped = engine.stopped();
    let started = Instant::now();
    let calls = (1..=3).map(|number| {
        let store = &store;
        async move {
            let answer = store.begin(row(number), NOW).await.unwrap_err();
            (fault(&answer).cloned(), started.elapsed())
        }
    });
    let answers = futures::future::join_all(calls).await;
    let (refused, after) = &answers[2];
    assert_eq!(refused.as_ref(), Some(&EngineFault::Overloaded));
    assert!(*after < Duration::from_secs(1), "it took {after:?}");
    drop(stopped);
}

/// Its cache of scripts goes with a restart, a failover, or an operator's command.
#[tokio::test]
async fn a_server_that_forgot_the_scripts_is_sent_them_again() {
    let engine = Engine::durable();
    let store = engine.open("forgotten").await;
    let forget = || engine.ask::<()>(&["SCRIPT", "FLUSH"]);
    forget();
    assert_eq!(store.begin(row(1), NOW).await.unwrap(), Begun::Created);
    forget();
    assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.unwrap());
    forget();
    assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());
    forget();
    store
        .put_pending(&pending_key(1), vec![1], NOW + IDLE)
        .await
        .unwrap();
    forget();
    let taken = store.take(&ending(Selector::Key(row(1).key)), NOW).await.unwrap();
    assert_eq!(taken.rows.len(), 1);
    forget();
    assert_eq!(
        store.sweep(NOW + IDLE).await.unwrap(),
        3,
        "the pending row, the mark, the end record"
    );
}
