//! A refresh that is under way when the server stops (I13): it is seen through, since its refresh token is spent.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};

use super::{Issued, LIFE, TOKEN, key_of, support::every_store, tokens_of, using_tokens};

#[tokio::test]
async fn i13_whoever_shuts_down_can_wait_for_a_refresh_that_nobody_waits_for_any_more() {
    for named in every_store() {
        let app = using_tokens().store(named.store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        let key = key_of(&browser);
        let first = app.script().count(Endpoint::Token);
        app.exeunt.settled().await;
        app.clock.advance(LIFE);
        let issued = Issued::watch(&app);
        app.script().answer_next(Endpoint::Token, Scripted::hold());
        let mut user = browser.clone();
        let request = tokio::spawn(async move { user.fetch(TOKEN).await });
        app.script().arrived(Endpoint::Token, first + 1).await;
        // The browser is gone, and with it the request that the server would wait for.
        request.abort();
        assert!(request.await.is_err());
        let exeunt = app.exeunt.clone();
        let settling = tokio::spawn(async move { exeunt.settled().await });
        tokio::task::yield_now().await;
        assert!(!settling.is_finished(), "{}", named.name);
        app.script().release();
        tokio::time::timeout(Duration::from_secs(10), settling)
            .await
            .expect("it is settled")
            .unwrap();
        let stored = tokens_of(&app, &key).await;
        assert!(issued.tokens().contains(&stored.access_token), "{}", named.name);
        assert!(
            issued.tokens().contains(&stored.refresh_token.unwrap()),
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f4_11_a_revocation_that_a_sign_out_did_not_wait_for_is_under_way_until_it_is_over() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    app.script().answer_next(Endpoint::Revocation, Scripted::hold());
    let signing_out =
        tokio::spawn(async move { browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await });
    app.script().arrived(Endpoint::Revocation, 1).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    assert_eq!(
        signing_out.await.unwrap().status,
        200,
        "it waits no longer than its budget"
    );
    let exeunt = app.exeunt.clone();
    let settling = tokio::spawn(async move { exeunt.settled().await });
    tokio::task::yield_now().await;
    assert!(!settling.is_finished());
    app.script().release();
    settling.await.unwrap();
    assert_eq!(app.script().count(Endpoint::Revocation), 2);
}
