//! What lies in the engine: nothing that leaves by itself, nothing that stays behind, no more keys for more people.

use std::{sync::Arc, time::Duration};

use exeunt::store::{
    Change, Lease, MARK_LIFETIME, MarkRule, NewSid, RETENTION, RedisStore, Selector, SessionRow, Settlement,
    Store, Take,
    suite::fixture::{ABSOLUTE, IDLE, NOW, pending_key, person_of, row, sid_of},
};
use futures::{StreamExt as _, stream};

use crate::{
    SINGLE,
    engine::{Engine, ending, fresh_name},
};

/// The keys of this store, without their prefix.
fn keys(engine: &Engine, name: &str) -> Vec<String> {
    let mut keys: Vec<String> = engine.ask(&["KEYS", &format!("{{{name}}}:*")]);
    for key in &mut keys {
        let expiry: i64 = engine.ask(&["PTTL", key]);
        assert_eq!(expiry, -1, "{key} leaves by itself");
        *key = key.rsplit(':').next().unwrap().to_owned();
    }
    keys.sort();
    keys
}

async fn fill(store: &RedisStore, from: u32, to: u32) {
    for number in from..to {
        store.begin(row(number), NOW).await.unwrap();
        for turn in ["newer", "newest", "newest"] {
            let change = Change {
                sid: Some(NewSid {
                    sid: format!("{turn}-{number}"),
                    former_until: NOW + IDLE,
                    asked_at: NOW,
                }),
                data: Some(vec![1]),
                absolute_at_most: Some(NOW + ABSOLUTE / 2),
                ..Change::default()
            };
            assert!(store.update(&row(number).key, change, NOW).await.unwrap());
        }
        assert!(store.touch(&row(number).key, NOW + IDLE, NOW).await.unwrap());
        store
            .put_pending(&pending_key(number), vec![1], NOW + IDLE)
            .await
            .unwrap();
        store
            .claim("jti", &row(number).key.0, NOW + IDLE, NOW)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_has_ended_leaves_nothing_behind() {
    let name = fresh_name();
    let store = SINGLE.open(&name).await;
    fill(&store, 0, 12).await;
    let full = keys(&SINGLE, &name);
    fill(&store, 12, 20).await;
    assert_eq!(keys(&SINGLE, &name), full, "more people, no more keys");

    let by_sid = |sid: String| Selector::Sid {
        iss: row(0).iss,
        sid,
        sub: None,
    };
    for selector in [
        Selector::Key(row(0).key),
        by_sid("newest-1".into()),
        by_sid("newer-2".into()),
        person_of(&row(3)),
    ] {
        assert_eq!(
            store
                .take(&ending(selector.clone()), NOW)
                .await
                .unwrap()
                .rows
                .len(),
            1,
            "{selector:?}"
        );
    }
    let end = NOW + ABSOLUTE + RETENTION;
    let expired = ending(Selector::Expired { limit: 99 });
    assert_eq!(store.take(&expired, end).await.unwrap().rows.len(), 16);
    let until = end + IDLE;
    let leased = store.lease_outbox(Lease::Due(99), until, end).await.unwrap();
    assert_eq!(leased.len(), 20);
    for entry in leased {
        let over = Settlement::Over {
            progress: String::new(),
            kept_until: until,
        };
        assert!(store.settle_outbox(&entry.id, until, over).await.unwrap());
    }
    store.sweep(end + MARK_LIFETIME + IDLE).await.unwrap();
    assert_eq!(keys(&SINGLE, &name), ["last-place", "probe"]);
}

#[tokio::test]
async fn sweep_counts_what_it_removed() {
    let store = SINGLE.open(&fresh_name()).await;
    store.begin(row(0), NOW).await.unwrap();
    // More than one step removes.
    for number in 0..600 {
        store
            .put_pending(&pending_key(number), vec![1], NOW + IDLE)
            .await
            .unwrap();
    }
    store.claim("jti", &[1; 32], NOW + IDLE, NOW).await.unwrap();
    let take = Take::new(sid_of(&row(0)), MarkRule::Sid);
    store.take(&take, NOW).await.unwrap();
    let end = NOW + IDLE + MARK_LIFETIME;
    assert_eq!(
        store.sweep(end).await.unwrap(),
        602,
        "the pending rows, the claim, the mark"
    );
    assert_eq!(store.sweep(end).await.unwrap(), 0);
}

/// One step, and one that others can wait for: the engine's own clock tells how long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_sessions_end_in_one_step_that_others_can_wait_for() {
    const SESSIONS: u32 = 10_000;
    let engine = Engine::start(&["--save", "", "--slowlog-log-slower-than", "10000"]);
    let store = Arc::new(engine.open("great").await);
    let begins = (0..SESSIONS).map(|number| {
        let store = &store;
        let row = SessionRow {
            sub: row(0).sub,
            identity: vec![1; 400],
            tokens: vec![2; 2000],
            ..row(number)
        };
        async move { store.begin(row, NOW).await.unwrap() }
    });
    stream::iter(begins)
        .buffer_unordered(64)
        .for_each(async |_| {})
        .await;
    engine.ask::<()>(&["SLOWLOG", "RESET"]);
    let (take, key) = (ending(person_of(&row(0))), row(1).key);
    let (taken, loaded) = tokio::join!(store.take(&take, NOW), store.load(&key, NOW));
    assert_eq!(taken.unwrap().rows.len(), SESSIONS as usize);
    assert!(loaded.is_ok());
    let slow: Vec<redis::Value> = engine.ask(&["SLOWLOG", "GET", "1"]);
    let micros = match slow.first() {
        Some(redis::Value::Array(parts)) => match parts.get(2) {
            Some(redis::Value::Int(micros)) => u64::try_from(*micros).unwrap(),
            _ => panic!("{slow:?}"),
        },
        _ => 0,
    };
    let took = Duration::from_micros(micros);
    assert!(took > Duration::ZERO, "the figure is missing");
    assert!(took < Duration::from_secs(2), "it kept the engine for {took:?}");
}
