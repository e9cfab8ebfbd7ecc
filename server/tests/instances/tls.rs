//! The engine is reached by TLS.

use exeunt::store::{RedisStore, redis::RedisSettings};

use super::{fleet::Fleet, on_engines};

on_engines!(redis_tls: sessions_are_kept_over_tls_with_whom_the_file_vouches_for_and_nobody_else);

async fn sessions_are_kept_over_tls_with_whom_the_file_vouches_for_and_nobody_else(fleet: Fleet) {
    let instance = fleet.start().await;
    let mut ada = fleet.browser();
    ada.sign_in(&instance).await;
    let thief = ada.clone();
    let answer = ada.post(&instance, "/api/auth/logout").await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(thief.clone().status(&instance).await, 401);

    // This process has not been told of the authority.
    let address = fleet.engine.address().parse().unwrap();
    let refusal = RedisStore::open(&address, RedisSettings::default()).await;
    assert!(
        refusal.is_err(),
        "a certificate of an authority that is not trusted"
    );
}
