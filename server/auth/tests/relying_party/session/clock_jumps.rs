//! A clock that is put right, in either direction (F3.17).

use super::{
    HOUR, MINUTE,
    support::{App, every_store},
};

#[tokio::test]
async fn f3_17_an_hour_back_ends_nothing_and_makes_nothing_fail() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let begun = app.now();
        app.clock.advance(10 * MINUTE);
        browser.open("/account").await;
        app.clock.set(begun - HOUR);
        for path in ["/account", "/api/session", "/"] {
            assert_eq!(browser.open(path).await.status, 200, "{}, {path}", named.name);
        }
        let view = browser.post_json("/api/auth/extend", "{}").await;
        assert_eq!(view.status, 200, "{}", named.name);
        // Neither limit moved: not the idle one backwards, not the absolute one forwards.
        assert_eq!(
            view.json()["idle_expires_at"],
            (begun + 40 * MINUTE).seconds(),
            "{}",
            named.name
        );
        assert_eq!(
            view.json()["absolute_expires_at"],
            (begun + 12 * HOUR).seconds(),
            "{}",
            named.name
        );
        let ended = browser.post_json("/api/auth/logout", "{}").await;
        assert_eq!(ended.json()["success"], true, "{}", named.name);
        assert_eq!(browser.fetch("/api/session").await.status, 401, "{}", named.name);
    }
}

#[tokio::test]
async fn f3_17_an_hour_forward_ends_an_idle_session_and_makes_nothing_fail() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(HOUR);
        let answer = browser.fetch("/api/session").await;
        assert_eq!(answer.status, 401, "{}", named.name);
        assert_eq!(browser.session_cookie(), None, "{}", named.name);
        let answer = browser.sign_in("/auth/login").await;
        assert_eq!(answer.status, 303, "{}: {}", named.name, answer.text());
        assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn f3_17_i12_after_a_jump_back_the_absolute_limit_still_holds() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    app.clock.set(begun - HOUR);
    for _ in 0..39 {
        app.clock.advance(20 * MINUTE);
        browser.open("/account").await;
    }
    assert_eq!(app.now(), begun + 12 * HOUR);
    assert_eq!(browser.open("/account").await.status, 401);
}

#[tokio::test]
async fn f3_17_i2_a_jump_back_over_a_logout_revives_nothing() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let begun = app.now();
        let thief = browser.clone();
        app.clock.advance(MINUTE);
        browser.post_json("/api/auth/logout", "{}").await;
        app.clock.set(begun - HOUR);
        assert_eq!(
            thief.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
    }
}
