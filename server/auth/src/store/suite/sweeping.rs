//! Sweeping: what is past its time goes, with everything that pointed at it.

use std::sync::Arc;

use super::{
    fixture::{IDLE, MILLISECOND, NOW, begun, pending_key, person_of, public_id_of, row, sid_of, taken},
    races::at_once,
};
use crate::{
    clock::Timestamp,
    store::{Begun, MARK_LIFETIME, MarkRule, RETENTION, Selector, SessionRow, Store, Swept},
};

/// When the rows of the fixture are swept.
const SWEPT_FROM: fn() -> Timestamp = || NOW + IDLE + RETENTION;

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

/// By none of the ways to it is anything found, not even by a clock that shows the time of its life (F3.15).
pub async fn sweep_removes_sessions_with_their_index(store: Arc<dyn Store>) {
    begun_many(&store, 0..MANY).await;
    let swept = store.sweep(SWEPT_FROM()).await.unwrap();
    assert_eq!(swept.sessions, u64::from(MANY));
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
    assert_eq!(
        store.sweep(SWEPT_FROM()).await.unwrap(),
        Swept::default(),
        "nothing was left"
    );
}

/// Living, extended, expired but still takeable; marks, pending rows and claims in their time.
pub async fn sweep_leaves_what_is_not_past_its_time(store: Arc<dyn Store>) {
    let now = SWEPT_FROM();
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
    let marked = row(5);
    store
        .take(
            &person_of(&marked),
            MarkRule::Subject,
            now - MARK_LIFETIME + MILLISECOND,
        )
        .await
        .unwrap();
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

    assert_eq!(store.sweep(now).await.unwrap().sessions, 1);

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
    let attempt = now - MARK_LIFETIME;
    assert_eq!(
        store.begin(marked, attempt, now).await.unwrap(),
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

/// Nothing of a swept row stands in the way of a new one.
pub async fn sweep_frees_keys_for_use_again(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    assert_eq!(store.sweep(SWEPT_FROM()).await.unwrap().sessions, 1);
    let again = begun(
        &store,
        SessionRow {
            tokens: b"of the new session".to_vec(),
            ..first
        },
    )
    .await;
    assert_eq!(
        store.take(&sid_of(&again), MarkRule::None, NOW).await.unwrap(),
        [again]
    );
}
