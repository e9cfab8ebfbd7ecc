//! The access token for the app's own server code, where nothing goes wrong.

use axum::{Router, routing::get};
use exeunt::session::FreshAccessToken;
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};

use super::{
    LIFE, SECOND, TOKEN, assert_signed_out, head_of, key_of, refreshes,
    support::{App, Call, FailingStore, Logs},
    tokens_of, using_tokens,
};

#[tokio::test]
async fn a_token_that_is_good_for_thirty_seconds_is_used_and_one_that_is_not_is_refreshed() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let key = key_of(&browser);
    let first = tokens_of(&app, &key).await;
    app.clock.advance(LIFE - 31 * SECOND);
    assert_eq!(browser.fetch(TOKEN).await.text(), first.access_token);
    assert_eq!(refreshes(&app), 0);

    app.clock.advance(SECOND);
    let answer = browser.fetch(TOKEN).await;
    assert_eq!(answer.status, 200);
    assert_ne!(answer.text(), first.access_token);
    assert_eq!(refreshes(&app), 1);
    let second = tokens_of(&app, &key).await;
    assert_eq!(answer.text(), second.access_token);
    assert_eq!(second.expires_at, Some(app.now() + LIFE));
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_ne!(second.id_token, first.id_token);

    // As a confidential client, by the method of the exchange, with the refresh token and nothing else.
    let request = app.script().last_request(Endpoint::Token).unwrap();
    assert!(request.header("authorization").unwrap().starts_with("Basic "));
    let sent = [
        ("grant_type", "refresh_token"),
        ("refresh_token", first.refresh_token.as_deref().unwrap()),
    ];
    assert_eq!(
        request.parameters(),
        sent.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn i12_a_refresh_extends_nothing() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let before = head_of(&app, &key_of(&browser)).await.unwrap();
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    assert_eq!(refreshes(&app), 1);
    let after = head_of(&app, &key_of(&browser)).await.unwrap();
    assert_eq!(after.idle_expires_at, before.idle_expires_at);
    assert_eq!(after.absolute_expires_at, before.absolute_expires_at);
    assert_eq!(after.last_used_at, before.last_used_at);
}

#[tokio::test]
async fn a_provider_that_sends_neither_id_token_nor_refresh_token_is_gone_on_with() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let key = key_of(&browser);
    let first = tokens_of(&app, &key).await;
    let bare = serde_json::json!({"access_token": "second", "token_type": "Bearer", "expires_in": 300});
    app.script()
        .answer_next(Endpoint::Token, Scripted::json(200, &bare));
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.text(), "second");
    let second = tokens_of(&app, &key).await;
    assert_eq!(second.id_token, first.id_token);
    assert_eq!(second.refresh_token, first.refresh_token);
    // And it is good for the next one.
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    assert_eq!(refreshes(&app), 2);
}

#[tokio::test]
async fn without_a_refresh_token_the_access_token_is_good_until_it_runs_out_and_the_session_stays() {
    let app = using_tokens().start().await;
    app.script().change_token_response(|response| {
        response.remove("refresh_token");
    });
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(LIFE - SECOND);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    app.clock.advance(SECOND);
    let answer = browser.fetch(TOKEN).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["detail"]["error"], "access_token_expired");
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    assert_eq!(refreshes(&app), 0);
}

#[tokio::test]
async fn f5_a_token_that_lives_for_half_a_minute_or_less_is_used_for_three_quarters_of_its_life() {
    for life in [30, 20, 4_u32] {
        let app = using_tokens().start().await;
        app.script().change_token_response(move |response| {
            response.insert("expires_in".to_owned(), life.into());
        });
        let mut browser = app.signed_in("ada").await;
        for _ in 0..3 {
            assert_eq!(browser.fetch(TOKEN).await.status, 200);
        }
        assert_eq!(refreshes(&app), 0, "{life}");
        app.clock.advance(SECOND * life * 3 / 4);
        for _ in 0..3 {
            assert_eq!(browser.fetch(TOKEN).await.status, 200);
        }
        assert_eq!(refreshes(&app), 1, "{life}");
    }
}

#[tokio::test]
async fn f5_i13_a_provider_whose_tokens_have_run_out_when_they_come_is_not_asked_at_every_request() {
    let app = using_tokens().start().await;
    app.script().change_token_response(|response| {
        response.insert("expires_in".to_owned(), 0.into());
    });
    let mut browser = app.signed_in("ada").await;
    for _ in 0..5 {
        assert_eq!(browser.fetch(TOKEN).await.status, 503);
    }
    assert_eq!(refreshes(&app), 1);
}

#[tokio::test]
async fn a_token_whose_end_is_not_told_is_used() {
    let app = using_tokens().start().await;
    app.script().change_token_response(|response| {
        response.remove("expires_in");
    });
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    assert_eq!(refreshes(&app), 0);
}

#[tokio::test]
async fn nobody_signed_in_is_401_and_a_store_that_is_down_is_503() {
    let store = FailingStore::new(std::sync::Arc::new(exeunt::store::MemoryStore::new()));
    let app = using_tokens().store(store.clone()).start().await;
    assert_eq!(app.browser().fetch(TOKEN).await.status, 401);
    let mut browser = app.signed_in("ada").await;
    let mut thief = browser.clone();
    // The session can be read, the tokens cannot.
    store.fail(&[Call::LoadTokens]);
    let answer = browser.fetch(TOKEN).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["detail"]["error"], "session_unavailable");
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    store.mend();
    browser.post_json("/api/auth/logout", "{}").await;
    assert_signed_out(&thief.fetch(TOKEN).await, "after a logout");
}

#[tokio::test]
async fn i16_neither_debug_nor_a_log_shows_a_token() {
    let (logs, _guard) = Logs::capture();
    let show = |token: FreshAccessToken| async move { format!("{token:?}") };
    let app = App::builder()
        .routes(Router::new().route(TOKEN, get(show)))
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    let key = key_of(&browser);
    let first = tokens_of(&app, &key).await;
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.text(), "FreshAccessToken");
    let second = tokens_of(&app, &key).await;
    app.clock.advance(LIFE);
    app.script().answer_next(
        Endpoint::Token,
        Scripted::json(400, &serde_json::json!({"error": second.refresh_token})),
    );
    assert_eq!(browser.fetch(TOKEN).await.status, 503);
    let text = logs.text();
    assert!(text.contains("could not be refreshed"), "the logs were not kept");
    for tokens in [first, second] {
        for secret in [
            Some(tokens.id_token),
            Some(tokens.access_token),
            tokens.refresh_token,
        ] {
            assert!(!text.contains(&secret.unwrap()), "a token is in the log");
        }
    }
}
