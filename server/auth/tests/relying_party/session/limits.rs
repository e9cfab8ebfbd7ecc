//! The two limits: idle and absolute.

use super::{
    HOUR, MILLISECOND, MINUTE, stored,
    support::{App, every_store},
};

#[tokio::test]
async fn f3_8_i12_activity_does_not_carry_a_session_past_its_absolute_limit() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        // Every 20 minutes a page, for twelve hours less one millisecond.
        for _ in 0..35 {
            app.clock.advance(20 * MINUTE);
            assert_eq!(browser.open("/account").await.status, 200, "{}", named.name);
        }
        app.clock.advance(20 * MINUTE - MILLISECOND);
        assert_eq!(browser.open("/account").await.status, 200, "{}", named.name);
        app.clock.advance(MILLISECOND);
        let answer = browser.open("/account").await;
        assert_eq!(answer.status, 401, "{}", named.name);
        assert_eq!(
            browser.session_cookie(),
            None,
            "{}: the cookie is removed",
            named.name
        );
    }
}

#[tokio::test]
async fn f3_9_i12_polling_does_not_keep_a_session_awake() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        for _ in 0..29 {
            app.clock.advance(MINUTE);
            assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
        }
        app.clock.advance(MINUTE - MILLISECOND);
        assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
        app.clock.advance(MILLISECOND);
        assert_eq!(browser.fetch("/api/session").await.status, 401, "{}", named.name);
    }
}

#[tokio::test]
async fn i5_an_opened_page_moves_the_idle_limit_at_most_once_a_minute() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    app.clock.advance(MINUTE - MILLISECOND);
    browser.open("/account").await;
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 30 * MINUTE,
        "less than a minute after the last write"
    );
    app.clock.advance(MILLISECOND);
    browser.open("/account").await;
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 31 * MINUTE
    );
}

#[tokio::test]
async fn i5_an_acting_request_keeps_the_session_awake_and_a_data_request_does_not() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    app.clock.advance(10 * MINUTE);
    browser.fetch("/api/notes").await;
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 30 * MINUTE
    );
    let answer = browser.post_json("/api/notes", "{}").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 40 * MINUTE
    );
}

#[tokio::test]
async fn i12_near_the_absolute_limit_activity_moves_the_idle_limit_no_further_than_that() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    for _ in 0..29 {
        app.clock.advance(24 * MINUTE);
        browser.open("/account").await;
    }
    // 11 hours and 36 minutes have passed: 24 are left, and the idle time would be 30.
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 12 * HOUR
    );
}
