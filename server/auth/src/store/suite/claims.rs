//! Claims: what may happen once, such as the use of a logout token.

use std::sync::Arc;

use super::{
    fixture::{IDLE, MILLISECOND, NOW},
    races::at_once,
};
use crate::store::Store;

/// From then on it may be claimed again, until the new time.
pub async fn a_claim_holds_until_its_time(store: Arc<dyn Store>) {
    let (id, until) = ([1; 32], NOW + IDLE);
    assert!(store.claim("jti", &id, until, NOW).await.unwrap());
    assert!(!store.claim("jti", &id, until + IDLE, NOW).await.unwrap());
    assert!(
        !store
            .claim("jti", &id, until + IDLE, until - MILLISECOND)
            .await
            .unwrap()
    );
    assert!(
        store.claim("jti", &id, until + IDLE, until).await.unwrap(),
        "a refused claim moved the time"
    );
    assert!(!store.claim("jti", &id, until + IDLE, until).await.unwrap());
}

/// By its exact time: what somebody else claimed since stands, and so does what was claimed for something else.
pub async fn release_frees_exactly_ones_own_claim(store: Arc<dyn Store>) {
    let (id, until) = ([1; 32], NOW + IDLE);
    assert!(store.claim("refresh", &id, until, NOW).await.unwrap());
    for (purpose, id, until) in [
        ("refresh", [1; 32], until + MILLISECOND),
        ("refresh", [1; 32], until - MILLISECOND),
        ("refresh", [2; 32], until),
        ("jti", [1; 32], until),
    ] {
        store.release(purpose, &id, until).await.unwrap();
    }
    assert!(
        !store.claim("refresh", &id, until, NOW).await.unwrap(),
        "a claim was released that is not the caller's"
    );

    store.release("refresh", &id, until).await.unwrap();
    let later = until + MILLISECOND;
    assert!(
        store.claim("refresh", &id, later, NOW).await.unwrap(),
        "a released claim is free at once"
    );
    store.release("refresh", &id, until).await.unwrap();
    assert!(
        !store.claim("refresh", &id, later, NOW).await.unwrap(),
        "somebody else's later claim was released"
    );
}

/// Each by itself.
pub async fn claims_of_different_purposes_or_ids_are_apart(store: Arc<dyn Store>) {
    let until = NOW + IDLE;
    assert!(store.claim("jti", &[1; 32], until, NOW).await.unwrap());
    assert!(store.claim("jti", &[2; 32], until, NOW).await.unwrap());
    assert!(store.claim("refresh", &[1; 32], until, NOW).await.unwrap());
    assert!(store.claim("JTI", &[1; 32], until, NOW).await.unwrap());
    assert!(!store.claim("refresh", &[1; 32], until, NOW).await.unwrap());
}

/// The first time and again when its time is over.
pub async fn of_racing_claims_exactly_one_wins(store: Arc<dyn Store>) {
    for number in 0..20 {
        for (now, until) in [(NOW, NOW + IDLE), (NOW + IDLE, NOW + IDLE * 2)] {
            let claims = at_once((0..16).map(|_| {
                let store = Arc::clone(&store);
                async move { store.claim("jti", &[number; 32], until, now).await.unwrap() }
            }))
            .await;
            let won = claims.into_iter().filter(|won| *won).count();
            assert_eq!(won, 1, "round {number} at {now:?}");
        }
    }
}
