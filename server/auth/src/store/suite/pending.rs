//! Pending rows: login attempts and pending logouts.

use std::sync::Arc;

use super::{
    fixture::{IDLE, MILLISECOND, NOW, pending_key},
    races::at_once,
};
use crate::store::Store;

/// Byte for byte, until exactly its expiry.
pub async fn a_pending_row_is_read_until_it_expires(store: Arc<dyn Store>) {
    let (key, expires_at) = (pending_key(1), NOW + IDLE);
    let sealed: Vec<u8> = (0..=u8::MAX).cycle().take(20_000).collect();
    assert_eq!(store.load_pending(&key, NOW).await.unwrap(), None);
    store.put_pending(&key, sealed.clone(), expires_at).await.unwrap();
    assert_eq!(
        store.load_pending(&key, expires_at - MILLISECOND).await.unwrap(),
        Some(sealed)
    );
    assert_eq!(store.load_pending(&key, expires_at).await.unwrap(), None);
    assert_eq!(store.load_pending(&pending_key(2), NOW).await.unwrap(), None);
}

/// Both the bytes and the time are the new ones.
pub async fn a_pending_row_is_replaced_with_its_expiry(store: Arc<dyn Store>) {
    let key = pending_key(1);
    store
        .put_pending(&key, b"old".to_vec(), NOW + IDLE)
        .await
        .unwrap();
    store
        .put_pending(&key, b"new".to_vec(), NOW + MILLISECOND)
        .await
        .unwrap();
    assert_eq!(
        store.load_pending(&key, NOW).await.unwrap().as_deref(),
        Some(&b"new"[..])
    );
    assert_eq!(store.load_pending(&key, NOW + MILLISECOND).await.unwrap(), None);
}

/// Not a prefix of them, not what was there before.
pub async fn swap_needs_the_expected_bytes_and_keeps_the_expiry(store: Arc<dyn Store>) {
    let (key, expires_at) = (pending_key(1), NOW + IDLE);
    store
        .put_pending(&key, b"one".to_vec(), expires_at)
        .await
        .unwrap();
    for unexpected in [&b"two"[..], b"on", b"one ", b""] {
        assert!(
            !store
                .swap_pending(&key, unexpected, b"x".to_vec(), NOW)
                .await
                .unwrap()
        );
    }
    assert!(
        store
            .swap_pending(&key, b"one", b"two".to_vec(), NOW)
            .await
            .unwrap()
    );
    assert!(
        !store
            .swap_pending(&key, b"one", b"three".to_vec(), NOW)
            .await
            .unwrap()
    );
    let last = store.load_pending(&key, expires_at - MILLISECOND).await.unwrap();
    assert_eq!(last.as_deref(), Some(&b"two"[..]));
    assert_eq!(
        store.load_pending(&key, expires_at).await.unwrap(),
        None,
        "the expiry stayed"
    );
}

/// Not what expired, not what was never there.
pub async fn swap_neither_creates_nor_revives(store: Arc<dyn Store>) {
    let (key, expires_at) = (pending_key(1), NOW + IDLE);
    assert!(!store.swap_pending(&key, b"", b"x".to_vec(), NOW).await.unwrap());
    assert_eq!(store.load_pending(&key, NOW).await.unwrap(), None);
    store
        .put_pending(&key, b"one".to_vec(), expires_at)
        .await
        .unwrap();
    assert!(
        !store
            .swap_pending(&key, b"one", b"two".to_vec(), expires_at)
            .await
            .unwrap()
    );
    assert_eq!(
        store.load_pending(&key, NOW).await.unwrap().as_deref(),
        Some(&b"one"[..])
    );
}

/// And what is there afterwards is the winner's.
pub async fn of_racing_swaps_exactly_one_wins(store: Arc<dyn Store>) {
    for number in 0..20 {
        let key = pending_key(number);
        store
            .put_pending(&key, b"before".to_vec(), NOW + IDLE)
            .await
            .unwrap();
        let swaps = at_once((0..16_u8).map(|swap| {
            let store = Arc::clone(&store);
            async move {
                let swapped = store
                    .swap_pending(&key, b"before", vec![swap], NOW)
                    .await
                    .unwrap();
                swapped.then_some(swap)
            }
        }))
        .await;
        let winners: Vec<_> = swaps.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {number}: {winners:?}");
        assert_eq!(store.load_pending(&key, NOW).await.unwrap(), Some(winners));
    }
}
