//! The state that binds an answer to the browser and to the attempt.

use std::time::Duration;

use exeunt_dev_provider::script::Endpoint;

use super::{
    steps::{OVER, assert_nobody_signed_in, assert_page, callback_parameter, parameter, sessions_of, with},
    support::App,
};

#[tokio::test]
async fn f2_1_a_state_that_is_missing_wrong_or_of_another_browser_gives_no_session() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let (id, _) = {
        let state = callback_parameter(&callback, "state");
        let (id, secret) = state.split_once('.').unwrap();
        (id.to_owned(), secret.to_owned())
    };
    for state in [
        None,
        Some(String::new()),
        Some("x".to_owned()),
        Some(format!("{id}.wrong")),
        Some(id.clone()),
        Some(format!("{id}.")),
    ] {
        let mut forger = browser.clone();
        let answer = forger.open(&with(&callback, "state", state.as_deref())).await;
        assert_page(&answer, 400, OVER);
        assert_nobody_signed_in(&app, &forger).await;
    }
    let mut other = app.browser();
    assert_page(&other.open(&callback).await, 400, OVER);
    assert_nobody_signed_in(&app, &other).await;
    assert_eq!(app.script().count(Endpoint::Token), 0);
    assert_eq!(
        browser.open(&callback).await.status,
        303,
        "the right one still works"
    );
}

#[tokio::test]
async fn f2_2_the_back_button_after_a_sign_in_asks_for_no_token_and_keeps_the_session() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    assert_eq!(browser.open(&callback).await.status, 303);
    let session = browser.session_cookie();
    let again = browser.open(&callback).await;
    assert_eq!((again.status.as_u16(), again.location()), (303, "/".to_owned()));
    assert_eq!(browser.session_cookie(), session);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    assert_eq!(app.script().count(Endpoint::Token), 1);
}

#[tokio::test]
async fn f2_2_a_callback_sent_twice_with_its_cookie_makes_one_token_request() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let mut second = browser.clone();
    assert_eq!(browser.open(&callback).await.status, 303);
    assert_page(&second.open(&callback).await, 400, OVER);
    assert_eq!(second.session_cookie(), None);
    assert_eq!(app.script().count(Endpoint::Token), 1);
    assert_eq!(
        browser.fetch("/api/session").await.status,
        200,
        "the session is intact"
    );
}

#[tokio::test]
async fn f2_3_an_attempt_of_more_than_ten_minutes_is_over_and_a_new_one_works() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let answer = browser.open(&callback).await;
    assert_page(&answer, 400, OVER);
    assert!(
        answer.header("location").is_none() && !answer.text().contains("http-equiv"),
        "it leads nowhere by itself"
    );
    assert_nobody_signed_in(&app, &browser).await;
    assert_eq!(app.script().count(Endpoint::Token), 0);
    assert!(
        browser.cookies.keys().all(|name| !name.contains("-login-")),
        "the attempt is gone: {:?}",
        browser.cookies.keys()
    );
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
}

#[tokio::test]
async fn f2_3_an_attempt_of_ten_minutes_is_in_time() {
    let app = App::start().await;
    let mut browser = app.browser();
    let start = browser.open("/auth/login").await;
    app.clock.advance(Duration::from_secs(10 * 60));
    let answer = browser.visit_provider(&start.location()).await;
    let callback = browser.path_here(&answer.location());
    assert_eq!(browser.open(&callback).await.status, 303);
}

#[tokio::test]
async fn f2_4_two_tabs_sign_in_each_with_its_own_attempt() {
    let app = App::start().await;
    let mut browser = app.browser();
    let first = browser
        .sign_in_until_callback("/auth/login?return_to=/first")
        .await;
    let second = browser
        .sign_in_until_callback("/auth/login?return_to=/second")
        .await;
    let answer = browser.open(&second).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/second".to_owned())
    );
    let answer = browser.open(&first).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/first".to_owned())
    );
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    assert_eq!(
        sessions_of(&app, "ada").await,
        1,
        "the later sign-in replaced the other"
    );
}

#[tokio::test]
async fn f2_4_attempts_are_not_mixed() {
    let app = App::start().await;
    let mut browser = app.browser();
    let first = browser.sign_in_until_callback("/auth/login").await;
    let second = browser.sign_in_until_callback("/auth/login").await;
    // The code of the one with the state of the other: its verifier and its nonce do not fit.
    let mixed = with(&first, "code", Some(&callback_parameter(&second, "code")));
    let answer = browser.open(&mixed).await;
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert_nobody_signed_in(&app, &browser).await;
}

#[tokio::test]
async fn i9_at_most_five_attempts_are_kept_and_the_oldest_goes_first() {
    let app = App::start().await;
    let mut browser = app.browser();
    let mut states = Vec::new();
    for _ in 0..8 {
        app.clock.advance(Duration::from_secs(1));
        let start = browser.open("/auth/login?return_to=/account").await;
        states.push(parameter(&start.location(), "state").unwrap());
    }
    let mut kept: Vec<_> = browser
        .cookies
        .keys()
        .filter(|name| name.contains("-login-"))
        .cloned()
        .collect();
    let mut expected: Vec<_> = states[3..]
        .iter()
        .map(|state| format!("exeunt-login-{}", state.split_once('.').unwrap().0))
        .collect();
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
}

#[tokio::test]
async fn i9_attempts_take_less_than_4_kb_together_whatever_they_carry() {
    let app = App::start().await;
    let mut browser = app.browser();
    let long = format!("/auth/login?return_to=/{}", "a".repeat(1000));
    for path in [&*long, "/auth/login", &*long, "/auth/login", &*long] {
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(browser.open(path).await.status, 303);
        let bytes: usize = browser
            .cookies
            .iter()
            .map(|(name, value)| name.len() + value.len() + 3)
            .sum();
        assert!(bytes < 4096, "{bytes}");
    }
    assert_eq!(
        browser.sign_in(&long).await.location().len(),
        1001,
        "the newest is never the one that goes"
    );
}

#[tokio::test]
async fn f2_21_an_attackers_code_and_state_sign_in_no_victim() {
    let app = App::start().await;
    let mut attacker = app.browser();
    app.script().auto_login("grace");
    let planted = attacker.sign_in_until_callback("/auth/login").await;
    app.script().auto_login("ada");
    let mut victim = app.browser();
    let own = victim.sign_in_until_callback("/auth/login").await;
    assert_page(&victim.open(&planted).await, 400, OVER);
    let swapped = with(&planted, "state", Some(&callback_parameter(&own, "state")));
    let mut other = victim.clone();
    assert_eq!(
        other.open(&swapped).await.status,
        502,
        "the attacker's code does not fit the victim's verifier"
    );
    assert_eq!(other.session_cookie(), None);
    assert_eq!(sessions_of(&app, "grace").await, 0);
}
