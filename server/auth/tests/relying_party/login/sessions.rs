//! What a sign-in does to sessions: a new one each time, the former one ended, none after a sign-out.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer, Endpoint};

use super::{
    steps::{assert_nobody_signed_in, assert_page, sessions_of},
    support::App,
};

const MEANWHILE: &str = "You signed out meanwhile";

#[tokio::test]
async fn f2_14_a_planted_session_is_neither_taken_over_nor_left_alive() {
    let app = App::start().await;
    let mut attacker = app.signed_in("grace").await;
    let planted = attacker.session_cookie().unwrap();
    let mut victim = app.browser();
    victim.cookies.insert(planted.0.clone(), planted.1.clone());
    app.script().auto_login("ada");
    assert_eq!(victim.sign_in("/auth/login").await.status, 303);
    assert_ne!(victim.session_cookie().unwrap().1, planted.1);
    assert_eq!(victim.fetch("/api/session").await.json()["user_id"], "ada");
    assert_eq!(
        attacker.fetch("/api/session").await.status,
        401,
        "the planted one is dead"
    );
}

#[tokio::test]
async fn f2_14_a_made_up_session_cookie_is_replaced() {
    let app = App::start().await;
    let mut victim = app.browser();
    let made_up = "A".repeat(43);
    victim.cookies.insert("exeunt".to_owned(), made_up.clone());
    assert_eq!(victim.sign_in("/auth/login").await.status, 303);
    assert_ne!(victim.session_cookie().unwrap().1, made_up);
}

#[tokio::test]
async fn i11_f2_15_signing_in_as_another_ends_the_former_session_with_its_index() {
    let app = App::start().await;
    let mut elsewhere = app.signed_in("ada").await;
    let mut browser = app.signed_in("ada").await;
    browser.submit("/api/notes", "adas own").await;
    let mut former = browser.clone();
    assert_eq!(sessions_of(&app, "ada").await, 2);
    app.script().auto_login("grace");
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    assert_eq!(browser.fetch("/api/session").await.json()["user_id"], "grace");
    assert_eq!(
        browser.fetch("/api/notes").await.text(),
        "",
        "nothing of the former person is left"
    );
    assert_eq!(former.fetch("/api/session").await.status, 401);
    assert_eq!(sessions_of(&app, "ada").await, 1, "the one in the other browser");
    assert_eq!(elsewhere.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i11_the_end_of_a_replaced_session_writes_no_mark() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    // Two more sign-ins of the same provider session, both begun before the first of them replaces anything.
    let first = browser.sign_in_until_callback("/auth/login").await;
    let second = browser.sign_in_until_callback("/auth/login").await;
    assert_eq!(browser.open(&first).await.status, 303);
    let answer = browser.open(&second).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(sessions_of(&app, "ada").await, 1);
}

#[tokio::test]
async fn i11_every_sign_in_begins_a_new_record() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let issuer = app.provider.issuer();
    let first = app.store.list(&issuer, "ada", app.now()).await.unwrap();
    let cookie = browser.session_cookie().unwrap();
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    let second = app.store.list(&issuer, "ada", app.now()).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].public_id, second[0].public_id);
    assert_ne!(browser.session_cookie().unwrap().1, cookie.1);
}

#[tokio::test]
async fn f2_19_a_sign_in_that_a_sign_out_overtakes_gives_no_session() {
    let app = App::start().await;
    let mut pressing = app.signed_in("ada").await;
    let mut returning = pressing.clone();
    let callback = returning.sign_in_until_callback("/auth/login").await;
    app.script().answer_next(Endpoint::Token, Answer::hold());
    let finishing = tokio::spawn(async move {
        let answer = returning.open(&callback).await;
        (returning, answer)
    });
    app.script().arrived(Endpoint::Token, 2).await;
    let logout = pressing.post_json("/api/auth/logout", "{}").await;
    assert_eq!(logout.json()["success"], true);
    app.script().release();
    let (mut returning, answer) = finishing.await.unwrap();
    assert_page(&answer, 400, MEANWHILE);
    assert!(
        answer
            .set_cookies()
            .iter()
            .all(|cookie| !cookie.starts_with("exeunt=") || cookie.starts_with("exeunt=;")),
        "{:?}",
        answer.set_cookies()
    );
    assert_eq!(returning.fetch("/api/session").await.status, 401);
    assert_eq!(sessions_of(&app, "ada").await, 0);
    assert_nobody_signed_in(&app, &pressing).await;
    // Begun after the sign-out, in the same second, it works.
    app.clock.advance(Duration::from_millis(1));
    assert_eq!(pressing.sign_in("/auth/login").await.status, 303);
}

#[tokio::test]
async fn f2_19_a_sign_out_after_the_callback_ends_the_new_session() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let mut before = browser.clone();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    assert_eq!(browser.open(&callback).await.status, 303);
    let mut replayed = browser.clone();
    let logout = browser.post_json("/api/auth/logout", "{}").await;
    assert_eq!(logout.json()["success"], true);
    assert_eq!(replayed.fetch("/api/session").await.status, 401);
    assert_eq!(before.fetch("/api/session").await.status, 401);
    assert_nobody_signed_in(&app, &browser).await;
}

#[tokio::test]
async fn f2_19_a_sign_out_cancels_the_attempts_of_its_browser() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let callback = browser.sign_in_until_callback("/auth/login").await;
    browser.post_json("/api/auth/logout", "{}").await;
    app.clock.advance(Duration::from_millis(1));
    assert_page(&browser.open(&callback).await, 400, "This sign-in is over");
    assert_nobody_signed_in(&app, &browser).await;
}

#[tokio::test]
async fn a_browser_that_leaves_during_the_exchange_leaves_nothing_half_done() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    app.script().answer_next(Endpoint::Token, Answer::hold());
    let mut leaving = browser.clone();
    let address = callback.clone();
    let request = tokio::spawn(async move { leaving.open(&address).await });
    app.script().arrived(Endpoint::Token, 1).await;
    request.abort();
    app.script().release();
    app.script().arrived(Endpoint::Userinfo, 1).await;
    assert_page(&browser.open(&callback).await, 400, "This sign-in is over");
    assert_eq!(app.script().count(Endpoint::Token), 1);
}
