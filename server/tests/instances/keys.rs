//! Keys are changed as the manual says, with the commands of the program, while people are signed in.

use std::time::Duration;

use super::{
    fleet::{self, Fleet},
    on_each_engine,
};

on_each_engine!(keys_change_without_signing_anybody_out);

async fn keys_change_without_signing_anybody_out(fleet: Fleet) {
    let old = fleet::KEY;
    let mut first = fleet.start().await;
    let (mut ada, mut grace) = (fleet.browser(), fleet.browser());
    ada.sign_in(&first).await;

    // A key that can read before any instance seals with it.
    let new = fleet.run("keygen").await.trim().to_owned();
    assert_ne!(new, old);
    fleet.set_keys(format!("{old},{new}"));
    let second = fleet.start().await;
    assert_eq!(ada.status(&second).await, 200);
    assert!(first.terminate().await.success());

    // It seals with the new key what the other has to read.
    fleet.set_keys(format!("{new},{old}"));
    let third = fleet.start().await;
    fleet.provider.script().auto_login("grace");
    grace.sign_in(&third).await;
    assert_eq!(grace.status(&second).await, 200);
    assert_eq!(ada.status(&third).await, 200);
    let told = fleet.run("reseal").await;
    let expected = "Sealed anew with the first key: 1. Sealed with it already: 1.";
    assert!(told.starts_with(expected), "{told}");

    // The old one is gone.
    fleet.set_keys(&*new);
    let fourth = fleet.start().await;
    for browser in [&mut ada, &mut grace] {
        assert_eq!(browser.status(&fourth).await, 200);
        let answer = browser.post(&fourth, "/api/auth/logout").await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(browser.status(&fourth).await, 401);
    }
    // Their tokens were read too. Nobody waited for that.
    let revoked = async {
        while !fleet.provider.script().live_tokens().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), revoked)
        .await
        .unwrap();
}
