//! Sweeping: what is past its time goes, with everything that pointed at it.

use std::sync::Arc;

use super::{
    fixture::{
        ABSOLUTE, IDLE, MILLISECOND, NOW, begun, pending_key, person_of, public_id_of, row, rows_of, sid_of,
        taken,
    },
    races::at_once,
};
use crate::{
    clock::Timestamp,
    store::{Begun, MARK_LIFETIME, MarkRule, RETENTION, Selector, SessionRow, Store},
};

/// From when on the rows of the fixture are taken by no other selector.
const EXPIRED_FROM: fn() -> Timestamp = || NOW + IDLE + RETENTION;

/// More than any store should remove in one bite.
const MANY: u32 = 2500;

async fn begun_many(store: &Arc<dyn Store>, numbers: std::ops::Range<u32>) {
    for chunk in numbers.collect::<Vec<_>>().chunks(250) {
        let begins = chunk.iter().map(|&number| {
            let store = Arc::clone(store);
            async move { begun(&store, row(number)).await }
        });
        at_once(begins).await;
    }
}

/// What a worker does: it takes what expired until nothing is left of it.
async fn expire(store: &Arc<dyn Store>, now: Timestamp) -> usize {
    let selector = Selector::Expired { limit: 250 };
    let mut total = 0;
    loop {
        let rows = rows_of(store, &selector, MarkRule::None, now).await;
        if rows.is_empty() {
            return total;
        }
        total += rows.len();
    }
}

/// By none of the ways to it is anything found, not even by a clock that shows the time of its life (F3.15).
pub async fn a_take_of_what_expired_removes_sessions_with_their_index(store: Arc<dyn Store>) {
    begun_many(&store, 0..MANY).await;
    assert_eq!(expire(&store, EXPIRED_FROM()).await, MANY as usize);
    for number in (0..MANY).step_by(97) {
        let row = row(number);
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), None);
        assert_eq!(store.list(&row.iss, &row.sub, NOW).await.unwrap(), []);
        for selector in [
            sid_of(&row),
            person_of(&row),
            public_id_of(&row, &row),
            Selector::Key(row.key),
        ] {
            assert_eq!(taken(&store, &selector, NOW).await, [], "{selector:?}");
        }
    }
}

/// However long a session is past its end: it leaves remote work, and ends by a take that queues it.
pub async fn sweep_removes_no_session(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    assert_eq!(store.sweep(EXPIRED_FROM() + ABSOLUTE * 9).await.unwrap(), 0);
    assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
}

/// Living, extended, expired but still takeable.
pub async fn a_take_of_what_expired_leaves_what_is_not_past_its_time(store: Arc<dyn Store>) {
    let now = EXPIRED_FROM();
    let living = SessionRow {
        idle_expires_at: now + MILLISECOND,
        ..row(1)
    };
    let takeable = SessionRow {
        idle_expires_at: now - RETENTION + MILLISECOND,
        ..row(2)
    };
    let (living, takeable) = (begun(&store, living).await, begun(&store, takeable).await);
    let extended = begun(&store, row(3)).await;
    assert!(store.touch(&extended.key, now + IDLE, NOW).await.unwrap());
    let gone = begun(&store, row(4)).await;

    assert_eq!(expire(&store, now).await, 1);

    assert_eq!(taken(&store, &person_of(&gone), NOW).await, []);
    assert!(store.load(&living.key, now).await.unwrap().is_some());
    assert!(store.load(&extended.key, now).await.unwrap().is_some());
    for row in [living, takeable, extended] {
        assert_eq!(
            taken(&store, &sid_of(&row), now).await,
            [row.key],
            "its index entries are there too"
        );
    }
}

/// Marks, pending rows and claims in their time.
pub async fn sweep_leaves_what_is_not_past_its_time(store: Arc<dyn Store>) {
    let now = EXPIRED_FROM();
    let marked = row(5);
    let marked_at = now - MARK_LIFETIME + MILLISECOND;
    rows_of(&store, &person_of(&marked), MarkRule::Subject, marked_at).await;
    store
        .put_pending(&pending_key(1), b"pending".to_vec(), now + MILLISECOND)
        .await
        .unwrap();
    store
        .put_pending(&pending_key(2), b"expired".to_vec(), now)
        .await
        .unwrap();
    assert!(
        store
            .claim("jti", &[1; 32], now + MILLISECOND, NOW)
            .await
            .unwrap()
    );
    assert!(store.claim("jti", &[2; 32], now, NOW).await.unwrap());

    assert_eq!(store.sweep(now).await.unwrap(), 2);

    let late = SessionRow {
        login_started_at: now - MARK_LIFETIME,
        ..marked
    };
    assert_eq!(
        store.begin(late, now).await.unwrap(),
        Begun::Refused,
        "the mark stands"
    );
    assert_eq!(
        store.load_pending(&pending_key(1), now).await.unwrap().as_deref(),
        Some(&b"pending"[..])
    );
    assert_eq!(
        store.load_pending(&pending_key(2), NOW).await.unwrap(),
        None,
        "removed, not only hidden"
    );
    assert!(
        !store.claim("jti", &[1; 32], now + IDLE, now).await.unwrap(),
        "the claim stands"
    );
    assert!(
        store.claim("jti", &[2; 32], now + IDLE, NOW).await.unwrap(),
        "removed, not only hidden"
    );
}

/// Nothing of a row that expired stands in the way of a new one.
pub async fn a_take_of_what_expired_frees_keys_for_use_again(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    assert_eq!(expire(&store, EXPIRED_FROM()).await, 1);
    let again = begun(
        &store,
        SessionRow {
            tokens: b"of the new session".to_vec(),
            ..first
        },
    )
    .await;
    assert_eq!(
        rows_of(&store, &sid_of(&again), MarkRule::None, NOW).await,
        [again]
    );
}
