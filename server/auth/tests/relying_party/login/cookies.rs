//! The cookies that signing in and out sets, and the size of what is answered.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::support::{Answer, App, Browser};

/// What every route that sets or removes a cookie answered on a journey there and back, with faults.
async fn journey(app: &App, base: &str) -> (Vec<Answer>, Browser) {
    let at = |path: &str| format!("{base}{path}");
    let mut browser = app.browser();
    let mut answers = Vec::new();
    for _ in 0..6 {
        app.clock.advance(Duration::from_secs(1));
        answers.push(browser.open(&at("/auth/login?return_to=/account")).await);
    }
    let callback = browser.sign_in_until_callback(&at("/auth/login")).await;
    let mut failing = browser.clone();
    app.clock.advance(Duration::from_secs(1));
    answers.push(failing.open(&format!("{callback}&error=access_denied")).await);
    answers.push(browser.open(&callback).await);
    assert_eq!(answers.last().unwrap().status, 303);
    let signed_in = browser.clone();
    let mut replayed = browser.clone();
    browser.open(&at("/auth/login")).await;
    answers.push(browser.post_json(&at("/api/auth/logout"), "{}").await);
    assert_eq!(answers.last().unwrap().json()["success"], true);
    answers.push(replayed.fetch(&at("/api/session")).await);
    assert_eq!(answers.last().unwrap().status, 401);
    answers.push(browser.open(&at("/logged-out?state=x")).await);
    app.clock.advance(Duration::from_secs(1));
    answers.push(browser.sign_in(&at("/auth/login")).await);
    assert_eq!(answers.last().unwrap().status, 303);
    (answers, signed_in)
}

async fn assert_cookies(public_url: &str, base: &str, stem: &str, attributes: &[&str]) {
    let app = App::builder().public_url(public_url).start().await;
    let (answers, signed_in) = journey(&app, base).await;
    let mut kinds = std::collections::BTreeSet::new();
    for cookie in answers.iter().flat_map(Answer::set_cookies) {
        let (pair, rest) = cookie.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let kind = name
            .strip_prefix(stem)
            .unwrap_or_else(|| panic!("{name} is not named after {stem}"));
        let kind = if kind.starts_with("-login-") {
            "-login-"
        } else {
            kind
        };
        kinds.insert(kind.to_owned());
        let mut said: Vec<_> = rest.split("; ").collect();
        let age = said
            .iter()
            .position(|attribute| attribute.starts_with("Max-Age="))
            .map(|at| said.remove(at));
        said.sort_unstable();
        assert_eq!(said, attributes, "{cookie}");
        let expected = match (kind, value.is_empty()) {
            (_, true) => Some("Max-Age=0"),
            ("", false) => None,
            ("-login-" | "-logout", false) => Some("Max-Age=600"),
            ("-prompt", false) => Some("Max-Age=2592000"),
            other => panic!("{other:?} is not known"),
        };
        assert_eq!(age, expected, "{cookie}");
        assert!(
            !kind.is_empty() || cookie.len() < 200,
            "the session cookie is short: {cookie}"
        );
    }
    let expected = ["", "-login-", "-logout", "-prompt"].map(str::to_owned).into();
    assert_eq!(kinds, expected, "the journey sets every kind");
    let (name, value) = signed_in.session_cookie().unwrap();
    assert_eq!((name.as_str(), value.len()), (stem, 43));
    for answer in &answers {
        let bytes = header_bytes(answer);
        assert!(bytes < 4096, "{bytes} bytes of headers: {:?}", answer.headers);
    }
}

fn header_bytes(answer: &Answer) -> usize {
    answer
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

#[tokio::test]
async fn i9_cookies_over_http_on_loopback() {
    assert_cookies(
        "http://localhost:3000",
        "",
        "exeunt",
        &["HttpOnly", "Path=/", "SameSite=Lax"],
    )
    .await;
}

#[tokio::test]
async fn i9_cookies_over_https_are_bound_to_the_host() {
    let attributes = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];
    assert_cookies("https://app.example", "", "__Host-exeunt", &attributes).await;
}

#[tokio::test]
async fn i9_cookies_under_a_prefix_are_bound_to_it() {
    let hash: String = Sha256::digest(b"/some/app")
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let attributes = ["HttpOnly", "Path=/some/app", "SameSite=Lax", "Secure"];
    assert_cookies(
        "https://app.example/some/app",
        "/some/app",
        &format!("__Secure-exeunt-{hash}"),
        &attributes,
    )
    .await;
}

#[tokio::test]
async fn i9_the_longest_request_still_gets_headers_under_4_kb() {
    let app = App::builder()
        .public_url("https://app.example/some/app")
        .start()
        .await;
    let mut browser = app.browser();
    let start = format!(
        "/some/app/auth/login?prompt=select_account&return_to=/{}&login_hint={}&ui_locales={}",
        "a".repeat(1023),
        "%2B".repeat(42),
        "de%20".repeat(21),
    );
    for _ in 0..7 {
        app.clock.advance(Duration::from_secs(1));
        let answer = browser.open(&start).await;
        assert_eq!(answer.status, 303);
        for name in ["login_hint", "ui_locales"] {
            assert!(
                super::steps::parameter(&answer.location(), name).is_some(),
                "{name} was left out"
            );
        }
        let bytes = header_bytes(&answer);
        assert!(bytes < 4096, "{bytes}");
        let cookies: usize = browser
            .cookies
            .iter()
            .map(|(name, value)| name.len() + value.len() + 3)
            .sum();
        assert!(cookies < 4096, "{cookies}");
    }
}

#[tokio::test]
async fn i9_a_browser_filled_with_attempts_by_somebody_else_gets_a_short_answer_too() {
    let app = App::start().await;
    let mut browser = app.browser();
    for n in 0..60 {
        browser
            .cookies
            .insert(format!("exeunt-login-{n:012}"), "x".to_owned());
    }
    browser
        .cookies
        .insert(format!("exeunt-login-{}", "a".repeat(3000)), "x".to_owned());
    let answer = browser.open("/auth/login").await;
    assert_eq!(answer.status, 303);
    assert!(header_bytes(&answer) < 4096, "{}", header_bytes(&answer));
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
}

#[tokio::test]
async fn i9_two_session_cookies_are_none() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let (name, value) = browser.session_cookie().unwrap();
    browser
        .cookies
        .insert(name.clone(), format!("{value}; {name}={value}"));
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}
