//! The optional question whether the provider still stands behind a session, and what `extend` refreshes.

use std::{sync::Arc, time::Duration};

use exeunt::store::MemoryStore;
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};

use super::{
    LIFE, MINUTE, assert_dead, assert_signed_out, head_of, invalid_grant, key_of, refreshes,
    support::{App, FailingStore},
    tokens_of, using_tokens,
};

const EVERY: Duration = Duration::from_secs(10 * 60);
const EXTEND: &str = "/api/auth/extend";

/// An app that asks every ten minutes, and its store, which tells when a refresh is over.
async fn asking() -> (App, Arc<FailingStore>) {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = using_tokens()
        .store(store.clone())
        .settings(|settings| settings.logout.liveness_check = Some(EVERY))
        .start()
        .await;
    (app, store)
}

#[tokio::test]
async fn a_page_that_is_opened_after_the_interval_has_the_provider_asked_and_does_not_wait() {
    let (app, store) = asking().await;
    let mut browser = app.signed_in("ada").await;
    let key = key_of(&browser);
    let before = tokens_of(&app, &key).await.refresh_token;
    app.clock.advance(EVERY - Duration::from_millis(1));
    browser.open("/account").await;
    assert_eq!(refreshes(&app), 0);
    app.clock.advance(Duration::from_millis(1));
    // The provider does not answer, and the page is there all the same.
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    assert_eq!(browser.open("/account").await.status, 200);
    app.script().arrived(Endpoint::Token, 2).await;
    assert_eq!(browser.open("/account").await.status, 200);
    app.script().release();
    store.released().await;
    assert_eq!(refreshes(&app), 1);
    assert_ne!(tokens_of(&app, &key).await.refresh_token, before);
    // From then on it counts anew.
    app.clock.advance(EVERY - Duration::from_millis(1));
    browser.open("/account").await;
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    assert_eq!(refreshes(&app), 1);
}

#[tokio::test]
async fn a_session_that_the_provider_ended_ends_with_the_next_page() {
    let (app, store) = asking().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(EVERY);
    app.script().answer_always(Endpoint::Token, invalid_grant());
    browser.open("/account").await;
    store.released().await;
    assert_dead(&app, &browser, "asked").await;
}

#[tokio::test]
async fn a_provider_that_is_down_ends_nothing_and_is_left_alone() {
    let (app, store) = asking().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(EVERY);
    app.script().answer_always(Endpoint::Token, Scripted::status(503));
    browser.open("/account").await;
    store.released().await;
    for _ in 0..3 {
        assert_eq!(browser.open("/account").await.status, 200);
        assert_eq!(browser.post_json(EXTEND, "{}").await.status, 200);
    }
    assert_eq!(refreshes(&app), 1);
}

#[tokio::test]
async fn i5_i12_the_question_extends_nothing_and_polling_does_not_ask() {
    let (app, store) = asking().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(EVERY);
    for path in ["/api/session", "/api/notes"] {
        assert_eq!(browser.fetch(path).await.status, 200);
    }
    assert_eq!(refreshes(&app), 0);
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    browser.open("/account").await;
    let before = head_of(&app, &key_of(&browser)).await.unwrap();
    app.script().arrived(Endpoint::Token, 2).await;
    // The answer comes minutes after the page was opened.
    app.clock.advance(5 * MINUTE);
    app.script().release();
    store.released().await;
    let after = head_of(&app, &key_of(&browser)).await.unwrap();
    assert_ne!(after.identity, before.identity, "the refresh is not written down");
    assert_eq!(after.idle_expires_at, before.idle_expires_at);
    assert_eq!(after.last_used_at, before.last_used_at);
    assert_eq!(after.absolute_expires_at, before.absolute_expires_at);
}

#[tokio::test]
async fn without_the_setting_or_without_a_refresh_token_nobody_asks() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(EVERY * 2);
    browser.open("/account").await;
    assert_eq!(refreshes(&app), 0);

    let (app, _) = asking().await;
    app.script().change_token_response(|response| {
        response.remove("refresh_token");
    });
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(EVERY * 2);
    browser.open("/account").await;
    assert_eq!(browser.post_json(EXTEND, "{}").await.status, 200);
    assert_eq!(refreshes(&app), 0);
}

#[tokio::test]
async fn extend_refreshes_tokens_that_run_out_and_no_others() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(LIFE - 31 * super::SECOND);
    assert_eq!(browser.post_json(EXTEND, "{}").await.status, 200);
    assert_eq!(refreshes(&app), 0);
    app.clock.advance(MINUTE);
    let now = app.now();
    let view = browser.post_json(EXTEND, "{}").await;
    assert_eq!(view.status, 200);
    assert_eq!(view.json()["idle_expires_at"], (now + 30 * MINUTE).seconds());
    assert_eq!(refreshes(&app), 1);
    assert_eq!(
        tokens_of(&app, &key_of(&browser)).await.expires_at,
        Some(now + LIFE)
    );
}

#[tokio::test]
async fn extend_waits_for_the_question_and_says_so_if_the_session_is_over() {
    let (app, _) = asking().await;
    let mut browser = app.signed_in("ada").await;
    let thief = browser.clone();
    app.clock.advance(EVERY);
    app.script().answer_always(Endpoint::Token, invalid_grant());
    assert_signed_out(&browser.post_json(EXTEND, "{}").await, "extend");
    assert_dead(&app, &thief, "extend").await;
}

#[tokio::test(start_paused = true)]
async fn extend_does_not_wait_long() {
    let (app, store) = asking().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(EVERY);
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    let begun = tokio::time::Instant::now();
    let answer = browser.post_json(EXTEND, "{}").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(begun.elapsed() <= Duration::from_secs(4));
    app.script().release();
    store.released().await;
    assert_eq!(refreshes(&app), 1);
}
