//! How much there is, for whoever watches.

use std::{sync::Arc, time::Duration};

use super::fixture::{ABSOLUTE, IDLE, ISSUER, MILLISECOND, NOW, begun, person_of, row, taken};
use crate::{
    clock::Timestamp,
    store::{
        Census, Lease, MarkRule, OutboxEntry, OutboxId, Queue, Selector, SessionKey, Settlement, Store, Take,
    },
};

const LEASED: Duration = Duration::from_secs(60);

async fn counted(store: &Arc<dyn Store>, now: Timestamp) -> Census {
    store.census(now).await.unwrap()
}

async fn waiting(store: &Arc<dyn Store>, now: Timestamp) -> (u64, Option<Timestamp>) {
    let census = counted(store, now).await;
    (census.outbox_entries, census.outbox_oldest)
}

fn entry(number: u8, created_at: Timestamp, due_at: Timestamp) -> OutboxEntry {
    OutboxEntry {
        id: OutboxId([number; 32]),
        iss: ISSUER.into(),
        sub: format!("person-{number}"),
        reason: "of the test".into(),
        sealed: vec![1, 2, 3],
        progress: String::new(),
        created_at,
        due_at,
        attempts: 0,
        leased_until: None,
        kept_until: None,
    }
}

async fn end_with_tokens_queued(store: &Arc<dyn Store>, key: SessionKey, now: Timestamp) {
    let queue = Queue {
        reason: "of the test".into(),
        due_at: now,
    };
    let take = Take {
        queue: Some(queue),
        ..Take::new(Selector::Key(key), MarkRule::None)
    };
    assert_eq!(store.take(&take, now).await.unwrap().rows.len(), 1);
}

/// Nothing, of nothing.
pub async fn an_empty_store_counts_nothing(store: Arc<dyn Store>) {
    assert_eq!(counted(&store, NOW).await, Census::default());
}

/// To the millisecond, by either limit, and whoever was taken is not among them.
pub async fn the_sessions_that_live_are_counted(store: Arc<dyn Store>) {
    for number in 0..3 {
        begun(&store, row(number)).await;
    }
    let mut short = row(3);
    short.absolute_expires_at = NOW + MILLISECOND;
    begun(&store, short).await;
    let sessions = async |now| counted(&store, now).await.sessions;
    assert_eq!(sessions(NOW).await, 4);
    assert_eq!(sessions(NOW + MILLISECOND).await, 3, "one reached its limit");
    taken(&store, &person_of(&row(0)), NOW).await;
    assert_eq!(sessions(NOW).await, 3);
    assert!(
        store
            .touch(&row(1).key, NOW + IDLE + MILLISECOND, NOW)
            .await
            .unwrap()
    );
    assert_eq!(
        sessions(NOW + IDLE).await,
        1,
        "who is at work stays, whoever is not does not"
    );
    assert_eq!(sessions(NOW + ABSOLUTE).await, 0);
}

/// Whether they are due, leased or to be tried again; no more when they are over, though they are kept.
pub async fn the_entries_that_wait_are_counted_until_they_are_over(store: Arc<dyn Store>) {
    let [first, second, third] = [1, 2, 3].map(|number| NOW - LEASED * (4 - number));
    // The one that came first is due last.
    for (number, created_at, due_at) in [(2, second, NOW), (1, first, NOW + IDLE), (3, third, NOW)] {
        store.put_outbox(entry(number, created_at, due_at)).await.unwrap();
    }
    assert_eq!(waiting(&store, NOW).await, (3, Some(first)));
    let until = NOW + LEASED;
    let leased = store.lease_outbox(Lease::Due(5), until, NOW).await.unwrap();
    assert_eq!(leased.len(), 2);
    assert_eq!(
        waiting(&store, NOW).await,
        (3, Some(first)),
        "a lease changes nothing"
    );
    let settle = async |number: u8, settlement: Settlement| {
        let id = OutboxId([number; 32]);
        assert!(store.settle_outbox(&id, until, settlement).await.unwrap());
    };
    let again = Settlement::Again {
        progress: String::new(),
        due_at: NOW + IDLE,
    };
    let over = Settlement::Over {
        progress: String::new(),
        kept_until: NOW + IDLE,
    };
    settle(2, again).await;
    assert_eq!(waiting(&store, NOW).await, (3, Some(first)), "nor does a failure");
    settle(3, over.clone()).await;
    assert_eq!(waiting(&store, NOW).await, (2, Some(first)));
    let leased = store
        .lease_outbox(Lease::One(OutboxId([1; 32])), until, NOW)
        .await;
    assert_eq!(leased.unwrap().len(), 1);
    settle(1, over).await;
    assert_eq!(
        waiting(&store, NOW).await,
        (1, Some(second)),
        "the next is the oldest"
    );
    store.sweep(NOW + IDLE).await.unwrap();
    assert_eq!(waiting(&store, NOW).await, (1, Some(second)));
}

/// What an end leaves waits from its end on.
pub async fn what_an_end_leaves_waits_since_then(store: Arc<dyn Store>) {
    for number in 1..=2 {
        begun(&store, row(number)).await;
    }
    end_with_tokens_queued(&store, row(1).key, NOW + MILLISECOND).await;
    end_with_tokens_queued(&store, row(2).key, NOW + IDLE / 2).await;
    let census = counted(&store, NOW + IDLE / 2).await;
    let expected = Census {
        sessions: 0,
        outbox_entries: 2,
        outbox_oldest: Some(NOW + MILLISECOND),
    };
    assert_eq!(census, expected);
}
