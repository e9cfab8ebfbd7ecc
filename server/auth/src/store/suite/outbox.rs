//! The outbox: who works on an entry, when, and what is left of it.

use std::sync::Arc;

use super::{
    fixture::{IDLE, ISSUER, MILLISECOND, NOW},
    races::at_once,
};
use crate::{
    clock::Timestamp,
    store::{Lease, OutboxEntry, OutboxId, Settlement, Store, StoreError},
};

const NONE: [u8; 0] = [];

fn entry(number: u8) -> OutboxEntry {
    OutboxEntry {
        id: OutboxId([number; 32]),
        iss: ISSUER.into(),
        sub: format!("person-{number}"),
        reason: "of the test".into(),
        sealed: (0..=u8::MAX).cycle().take(9000).collect(),
        progress: String::new(),
        created_at: NOW,
        due_at: NOW,
        attempts: 0,
        leased_until: None,
        kept_until: None,
    }
}

async fn put(store: &Arc<dyn Store>, entry: OutboxEntry) -> OutboxEntry {
    store.put_outbox(entry.clone()).await.unwrap();
    entry
}

/// The numbers of those that are leased, in the order in which they are returned.
async fn leased(store: &Arc<dyn Store>, which: Lease, until: Timestamp, now: Timestamp) -> Vec<u8> {
    let entries = store.lease_outbox(which, until, now).await.unwrap();
    entries.iter().map(|entry| entry.id.0[0]).collect()
}

fn again(due_at: Timestamp) -> Settlement {
    Settlement::Again {
        progress: "half of it".into(),
        due_at,
    }
}

fn over(kept_until: Timestamp) -> Settlement {
    Settlement::Over {
        progress: "all of it".into(),
        kept_until,
    }
}

/// Byte for byte, whatever stands in it.
pub async fn an_entry_is_read_as_it_was_put(store: Arc<dyn Store>) {
    let fresh = put(&store, entry(1)).await;
    let other = OutboxEntry {
        progress: "revoked: 1".into(),
        attempts: 3,
        leased_until: Some(NOW + MILLISECOND),
        kept_until: Some(NOW + IDLE),
        sealed: Vec::new(),
        ..entry(2)
    };
    let other = put(&store, other).await;
    for entry in [fresh, other] {
        assert_eq!(store.load_outbox(&entry.id).await.unwrap(), Some(entry));
    }
    assert_eq!(store.load_outbox(&entry(3).id).await.unwrap(), None);
}

/// The first stays as it is: its tokens are not to be lost.
pub async fn a_second_entry_of_one_id_is_refused(store: Arc<dyn Store>) {
    let first = put(&store, entry(1)).await;
    let second = OutboxEntry {
        sealed: b"others".to_vec(),
        ..entry(1)
    };
    let answer = store.put_outbox(second).await;
    assert!(matches!(answer, Err(StoreError::Duplicate)), "{answer:?}");
    assert_eq!(store.load_outbox(&first.id).await.unwrap(), Some(first));
}

/// From its moment on, the longest due first, so many at most.
pub async fn what_is_due_is_leased_in_order(store: Arc<dyn Store>) {
    for (number, due_at) in [
        (1, NOW),
        (2, NOW - IDLE),
        (3, NOW + MILLISECOND),
        (4, NOW - MILLISECOND),
    ] {
        put(
            &store,
            OutboxEntry {
                due_at,
                ..entry(number)
            },
        )
        .await;
    }
    let until = NOW + IDLE;
    assert_eq!(leased(&store, Lease::Due(0), until, NOW).await, NONE);
    assert_eq!(leased(&store, Lease::Due(2), until, NOW).await, [2, 4]);
    assert_eq!(leased(&store, Lease::Due(9), until, NOW).await, [1]);
    assert_eq!(leased(&store, Lease::Due(9), until, NOW).await, NONE);
    assert_eq!(leased(&store, Lease::Due(9), until, NOW + MILLISECOND).await, [3]);
}

/// What a worker gets is the entry as it stands then, with its own attempt counted.
pub async fn a_lease_is_returned_and_counted(store: Arc<dyn Store>) {
    let put = put(&store, entry(1)).await;
    for attempts in 1..4 {
        let now = NOW + IDLE * attempts;
        let until = now + MILLISECOND;
        let which = if attempts == 2 {
            Lease::One(put.id)
        } else {
            Lease::Due(9)
        };
        let expected = OutboxEntry {
            attempts,
            leased_until: Some(until),
            ..put.clone()
        };
        let leased = store.lease_outbox(which, until, now).await.unwrap();
        assert_eq!(leased, std::slice::from_ref(&expected));
        assert_eq!(store.load_outbox(&put.id).await.unwrap(), Some(expected));
    }
}

/// The answer to a sign-out tries its own entry at once. What somebody has, or what is over, it does not get either.
pub async fn one_entry_is_leased_whether_it_is_due_or_not(store: Arc<dyn Store>) {
    for number in [1, 2] {
        let not_due = OutboxEntry {
            due_at: NOW + IDLE,
            ..entry(number)
        };
        put(&store, not_due).await;
    }
    let until = NOW + MILLISECOND;
    let one = Lease::One(entry(1).id);
    assert_eq!(leased(&store, Lease::Due(9), until, NOW).await, NONE);
    assert_eq!(leased(&store, one, until, NOW).await, [1]);
    assert_eq!(leased(&store, one, until + IDLE, NOW).await, NONE);
    assert_eq!(leased(&store, Lease::One(entry(3).id), until, NOW).await, NONE);
    let settled = store
        .settle_outbox(&entry(1).id, until, over(NOW + IDLE))
        .await
        .unwrap();
    assert!(settled);
    assert_eq!(leased(&store, one, until + IDLE, until).await, NONE);
}

/// Exactly at its end; not a moment earlier, not even to the one entry that is asked for.
pub async fn a_lease_that_ran_out_is_free_again(store: Arc<dyn Store>) {
    let id = put(&store, entry(1)).await.id;
    let until = NOW + IDLE;
    assert_eq!(leased(&store, Lease::Due(9), until, NOW).await, [1]);
    for which in [Lease::Due(9), Lease::One(id)] {
        let early = until - MILLISECOND;
        assert_eq!(
            leased(&store, which, until + IDLE, early).await,
            NONE,
            "{which:?}"
        );
    }
    assert_eq!(leased(&store, Lease::Due(9), until + IDLE, until).await, [1]);
}

/// And an entry is never left out.
pub async fn of_racing_leasers_one_gets_an_entry(store: Arc<dyn Store>) {
    for number in 0..20 {
        put(&store, entry(number)).await;
    }
    for (round, now) in [(0, NOW), (1, NOW + IDLE)] {
        let leases = at_once((0..16_u8).map(|worker| {
            let store = Arc::clone(&store);
            async move {
                let until = now + IDLE;
                let one = Lease::One(entry(worker).id);
                let mut got = Vec::new();
                for which in [Lease::Due(3), one, Lease::Due(3)] {
                    got.extend(leased(&store, which, until, now).await);
                }
                got
            }
        }))
        .await;
        let mut got = leases.concat();
        got.sort_unstable();
        assert_eq!(got, (0..20).collect::<Vec<_>>(), "round {round}");
    }
}

/// It is somebody else's by then, or it never was.
pub async fn a_lease_that_was_lost_settles_nothing(store: Arc<dyn Store>) {
    let put = put(&store, entry(1)).await;
    let (lost, held) = (NOW + IDLE, NOW + IDLE * 3);
    let never = store.settle_outbox(&put.id, lost, over(NOW)).await.unwrap();
    assert!(!never, "nobody had leased it");
    assert_eq!(leased(&store, Lease::Due(9), lost, NOW).await, [1]);
    assert_eq!(leased(&store, Lease::Due(9), held, lost).await, [1]);
    for settlement in [again(NOW), over(NOW + IDLE)] {
        assert!(!store.settle_outbox(&put.id, lost, settlement).await.unwrap());
    }
    let expected = OutboxEntry {
        attempts: 2,
        leased_until: Some(held),
        ..put.clone()
    };
    assert_eq!(store.load_outbox(&put.id).await.unwrap(), Some(expected));
    assert!(store.settle_outbox(&put.id, held, again(NOW)).await.unwrap());
    assert!(
        !store.settle_outbox(&put.id, held, over(NOW)).await.unwrap(),
        "a lease is settled once"
    );
    let unknown = entry(2).id;
    assert!(!store.settle_outbox(&unknown, held, over(NOW)).await.unwrap());
}

/// With its tokens and its attempts, from its new moment on.
pub async fn what_is_tried_again_is_due_at_its_new_moment(store: Arc<dyn Store>) {
    let put = put(&store, entry(1)).await;
    let (until, due_at) = (NOW + MILLISECOND, NOW + IDLE);
    assert_eq!(leased(&store, Lease::Due(9), until, NOW).await, [1]);
    assert!(store.settle_outbox(&put.id, until, again(due_at)).await.unwrap());
    let expected = OutboxEntry {
        progress: "half of it".into(),
        due_at,
        attempts: 1,
        ..put.clone()
    };
    assert_eq!(store.load_outbox(&put.id).await.unwrap(), Some(expected));
    let until = due_at + IDLE;
    assert_eq!(
        leased(&store, Lease::Due(9), until, due_at - MILLISECOND).await,
        NONE
    );
    assert_eq!(leased(&store, Lease::Due(9), until, due_at).await, [1]);
}

/// A receipt can tell how it ended; a token cannot be found there any more.
pub async fn what_is_over_is_wiped_and_kept_until_its_time(store: Arc<dyn Store>) {
    let put = put(&store, entry(1)).await;
    let (until, kept_until) = (NOW + MILLISECOND, NOW + IDLE);
    assert_eq!(leased(&store, Lease::Due(9), until, NOW).await, [1]);
    assert!(
        store
            .settle_outbox(&put.id, until, over(kept_until))
            .await
            .unwrap()
    );
    let expected = OutboxEntry {
        progress: "all of it".into(),
        sealed: Vec::new(),
        attempts: 1,
        kept_until: Some(kept_until),
        ..put.clone()
    };
    for now in [NOW, kept_until - MILLISECOND] {
        assert_eq!(store.sweep(now).await.unwrap(), 0);
        assert_eq!(
            store.load_outbox(&put.id).await.unwrap().as_ref(),
            Some(&expected)
        );
    }
    let late = kept_until + IDLE;
    assert_eq!(leased(&store, Lease::Due(9), late, kept_until).await, NONE);
    assert_eq!(store.sweep(kept_until).await.unwrap(), 1);
    assert_eq!(store.load_outbox(&put.id).await.unwrap(), None);
}

/// However old it is: whoever gives it up says so.
pub async fn sweep_leaves_what_is_still_to_be_done(store: Arc<dyn Store>) {
    let (waiting, held) = (put(&store, entry(1)).await, put(&store, entry(2)).await);
    assert_eq!(
        leased(&store, Lease::One(held.id), NOW + MILLISECOND, NOW).await,
        [2]
    );
    assert_eq!(store.sweep(NOW + IDLE * 9999).await.unwrap(), 0);
    for id in [waiting.id, held.id] {
        assert!(store.load_outbox(&id).await.unwrap().is_some());
    }
}
