//! Two instances are asked to refresh the same session at the same time.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer, Endpoint};

use super::{
    fleet::{Fleet, Instance},
    on_each_engine,
};

/// Enough for a request to come to where it would ask the provider.
const A_WHILE: Duration = Duration::from_secs(1);

on_each_engine!(i13_over_two_processes_the_provider_is_asked_once_for_a_session);

async fn i13_over_two_processes_the_provider_is_asked_once_for_a_session(fleet: Fleet) {
    let script = fleet.provider.script();
    script.rotate_refresh_tokens(true);
    // Not fresh: the first `extend` asks the provider. What it gets then is.
    script.change_token_response(|response| {
        response.insert("expires_in".to_owned(), 0.into());
    });
    let (first, second) = (fleet.start().await, fleet.start().await);
    let mut ada = fleet.browser();
    ada.sign_in(&first).await;
    script.change_token_response(|response| {
        response.insert("expires_in".to_owned(), 3_600.into());
    });
    let asked = script.count(Endpoint::Token);

    script.answer_next(Endpoint::Token, Answer::hold());
    let extend = |at: &Instance| {
        let (mut browser, address) = (ada.clone(), at.addressed());
        tokio::spawn(async move {
            browser
                .post_at(address, "/api/auth/extend")
                .await
                .unwrap()
                .status()
        })
    };
    let one = extend(&first);
    script.arrived(Endpoint::Token, asked + 1).await;
    let other = extend(&second);
    let another = tokio::time::timeout(A_WHILE, script.arrived(Endpoint::Token, asked + 2)).await;
    assert!(another.is_err(), "it waits for the one that asks");
    script.release();
    assert_eq!(one.await.unwrap(), 200);
    assert_eq!(other.await.unwrap(), 200);
    assert_eq!(
        script.count(Endpoint::Token),
        asked + 1,
        "one of them asked for both"
    );
    assert_eq!(ada.status(&first).await, 200);
    assert_eq!(ada.status(&second).await, 200);
}
