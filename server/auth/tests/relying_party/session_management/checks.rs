//! The silent check: what is asked, how often, and how a session goes on.

use std::{collections::HashMap, time::Duration};

use exeunt_dev_provider::script::Endpoint;
use url::Url;

use super::{check, check_path, say_session_state, watch_of, watching_app};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a4_6_the_provider_is_asked_silently_and_no_hint_goes_along() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    let answer = browser.open(&path).await;
    assert_eq!(answer.status, 303);
    let asked: HashMap<_, _> = Url::parse(&answer.location())
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    assert_eq!(asked["prompt"], "none");
    assert!(!asked.contains_key("id_token_hint"), "no answer holds a token");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert!(!asked.contains_key("login_hint"));
}

#[tokio::test]
async fn a4_8_i11_for_the_same_person_the_session_goes_on_in_a_new_record() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    browser.submit("/api/notes", "half a letter").await;
    let mut before = browser.clone();
    let issuer = app.provider.issuer();
    let old = app.store.list(&issuer, "ada", app.now()).await.unwrap().remove(0);
    app.clock.advance(5 * MINUTE);
    say_session_state(&app.script(), "other.salt");
    let answer = check(&app, &mut browser).await;
    assert_eq!((answer.status.as_u16(), &*answer.location()), (303, "/account"));

    let new = app.store.list(&issuer, "ada", app.now()).await.unwrap();
    assert_eq!(new.len(), 1);
    assert_ne!(new[0].public_id, old.public_id);
    assert_eq!(before.fetch("/api/session").await.status, 401, "I3");
    assert_eq!(browser.fetch("/api/session").await.json()["user_id"], "ada");
    assert_eq!(browser.fetch("/api/notes").await.text(), "half a letter");
    let watch = watch_of(&app, &browser).await.unwrap();
    assert!(watch.message.ends_with(" other.salt"), "{}", watch.message);
    // Nobody did anything: neither limit moved.
    assert_eq!(new[0].absolute_expires_at, old.absolute_expires_at);
    assert_eq!(new[0].idle_expires_at, old.idle_expires_at);
}

#[tokio::test]
async fn f7_7_a_frame_that_always_says_changed_is_heard_three_times() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let mut last = String::new();
    for round in 0..3 {
        last = check_path(&app, &browser).await;
        let answer = browser.sign_in(&last).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.location()),
            (303, "/account"),
            "{round}"
        );
    }
    assert_eq!(watch_of(&app, &browser).await, None, "no page watches any more");
    // A page that asks all the same is led back; the provider is not asked.
    let asked = app.script().count(Endpoint::Authorize);
    let session = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap()
        .remove(0);
    let path = format!(
        "/auth/login?prompt=none&recheck={}&return_to=/account",
        session.public_id
    );
    assert_ne!(path, last);
    assert_eq!(browser.open(&path).await.location(), "/account");
    app.clock.advance(20 * MINUTE);
    assert_eq!(browser.open(&path).await.location(), "/account", "it stays off");
    assert_eq!(app.script().count(Endpoint::Authorize), asked);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn f7_7_a_change_now_and_then_is_no_loop() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    for _ in 0..5 {
        assert_eq!(check(&app, &mut browser).await.location(), "/account");
        app.clock.advance(6 * MINUTE);
        browser.open("/account").await;
    }
    assert!(watch_of(&app, &browser).await.is_some());
}

#[tokio::test]
async fn f7_7_a_check_that_never_comes_back_counts() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    for _ in 0..3 {
        assert!(
            browser
                .open(&path)
                .await
                .location()
                .starts_with(&app.provider.issuer())
        );
    }
    assert_eq!(browser.open(&path).await.location(), "/account");
    assert_eq!(watch_of(&app, &browser).await, None);
}

#[tokio::test]
async fn a_page_that_is_behind_asks_nothing() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let behind = check_path(&app, &browser).await;
    check(&app, &mut browser).await;
    let answer = browser.open(&behind).await;
    assert_eq!((answer.status.as_u16(), &*answer.location()), (303, "/account"));
}

#[tokio::test]
async fn of_two_tabs_that_check_at_once_one_goes_on_and_the_other_follows() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    let first = browser.sign_in_until_callback(&path).await;
    let second = browser.sign_in_until_callback(&path).await;
    assert_eq!(browser.open(&first).await.location(), "/account");
    let cookie = browser.session_cookie();
    assert_eq!(browser.open(&second).await.location(), "/account");
    assert_eq!(browser.session_cookie(), cookie, "the first one's session");
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i17_a_provider_that_does_not_answer_ends_nothing() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    let callback = browser.sign_in_until_callback(&path).await;
    app.script().set_down(true);
    let answer = browser.open(&callback).await;
    assert_eq!((answer.status.as_u16(), &*answer.location()), (303, "/account"));
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    assert!(watch_of(&app, &browser).await.is_some());
}
