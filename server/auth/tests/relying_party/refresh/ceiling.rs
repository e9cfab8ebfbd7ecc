//! The provider's `session_expiry`: it lowers the absolute limit and never raises it.

use exeunt_dev_provider::script::Endpoint;
use serde_json::{Value, json};

use super::{
    LIFE, MINUTE, TOKEN, assert_signed_out, head_of, key_of, revoked,
    support::{App, every_store},
    using_tokens, work_off,
};

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

fn claim(app: &App, value: &Value) {
    let value = value.clone();
    app.script().change_id_token_claims(move |claims| {
        claims.insert("session_expiry".to_owned(), value.clone());
    });
}

#[tokio::test]
async fn a_session_expiry_lowers_the_absolute_limit_at_login_and_never_raises_it() {
    for named in every_store() {
        let app = using_tokens().store(named.store.clone()).start().await;
        let now = app.now();
        for (ceiling, limit) in [(now + HOUR, now + HOUR), (now + 24 * HOUR, now + 12 * HOUR)] {
            claim(&app, &json!(ceiling.seconds()));
            let browser = app.signed_in("ada").await;
            let head = head_of(&app, &key_of(&browser)).await.unwrap();
            assert_eq!(head.absolute_expires_at, limit, "{}", named.name);
            assert_eq!(head.idle_expires_at, now + 30 * MINUTE);
        }
        // An early one holds for the idle limit too, and no use moves it.
        claim(&app, &json!((now + 20 * MINUTE).seconds()));
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(20 * MINUTE - MINUTE);
        let view = browser.post_json("/api/auth/extend", "{}").await.json();
        assert_eq!(view["session_expires_at"], (now + 20 * MINUTE).seconds());
        app.clock.advance(MINUTE);
        assert_eq!(browser.fetch("/api/session").await.status, 401, "{}", named.name);
    }
}

#[tokio::test]
async fn a_session_expiry_of_a_refresh_lowers_the_limits_and_never_raises_them() {
    for named in every_store() {
        let app = using_tokens().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let begun = app.now();
        for (ceiling, absolute, idle) in [
            (begun + 48 * HOUR, begun + 12 * HOUR, begun + 30 * MINUTE),
            (begun + HOUR, begun + HOUR, begun + 30 * MINUTE),
            (begun + 2 * HOUR, begun + HOUR, begun + 30 * MINUTE),
            (begun + 25 * MINUTE, begun + 25 * MINUTE, begun + 25 * MINUTE),
        ] {
            claim(&app, &json!(ceiling.seconds()));
            app.clock.advance(LIFE);
            assert_eq!(browser.fetch(TOKEN).await.status, 200);
            let head = head_of(&app, &key_of(&browser)).await.unwrap();
            assert_eq!(
                (head.absolute_expires_at, head.idle_expires_at),
                (absolute, idle),
                "{}",
                named.name
            );
        }
    }
}

#[tokio::test]
async fn a_session_expiry_that_has_passed_ends_the_session_at_the_refresh() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(LIFE);
    claim(&app, &json!(app.now().seconds()));
    assert_signed_out(&browser.clone().fetch(TOKEN).await, "at the refresh");
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}

#[tokio::test]
async fn a_session_expiry_that_has_passed_lets_nobody_in_and_the_tokens_are_revoked() {
    let app = using_tokens().start().await;
    claim(&app, &json!(app.now().seconds()));
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("Your session at the provider is over"));
    assert_eq!(browser.session_cookie(), None);
    work_off(&app).await;
    assert_eq!(revoked(&app).len(), 2);
}

#[tokio::test]
async fn garbage_in_session_expiry_is_ignored() {
    for garbage in [json!("soon"), json!(null), json!(-1), json!([1]), json!({})] {
        let app = using_tokens().start().await;
        claim(&app, &garbage);
        let mut browser = app.signed_in("ada").await;
        let limit = app.now() + 12 * HOUR;
        app.clock.advance(LIFE);
        assert_eq!(browser.fetch(TOKEN).await.status, 200, "{garbage}");
        let head = head_of(&app, &key_of(&browser)).await.unwrap();
        assert_eq!(head.absolute_expires_at, limit, "{garbage}");
        assert_eq!(app.script().count(Endpoint::Token), 2);
    }
}
