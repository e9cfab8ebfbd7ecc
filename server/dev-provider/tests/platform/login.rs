//! Signing in at the platform.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::platform::{GATEWAY_COOKIE, PlatformConfig, PlatformStandIn, SINGLE_SIGN_ON_COOKIE};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HOST, LOCATION, SET_COOKIE};

use crate::browser::{Browser, ORIGIN};
use crate::extension::bare;

#[tokio::test]
async fn whoever_is_unknown_is_asked_and_comes_back_signed_in() {
    let browser = Browser::new(&bare());
    let back = browser.sign_in("grace", "/runtime/apps/notes/a?x=1").await;
    assert_eq!(back.location(), format!("{ORIGIN}/runtime/apps/notes/a?x=1"));
    let lines: Vec<_> = back.headers.get_all(SET_COOKIE).iter().collect();
    assert_eq!(lines.len(), 2);
    for line in lines {
        assert!(line.to_str().unwrap().contains("; HttpOnly; SameSite=Lax"));
    }
    let known = browser.get("/api/auth/validate").await;
    assert_eq!(known.json()["sub"], "grace");
}

#[tokio::test]
async fn whoever_is_known_to_the_single_sign_on_is_signed_in_without_a_question() {
    let browser = Browser::new(&bare());
    browser.sign_in("ada", "/").await;
    let first = browser.cookie(GATEWAY_COOKIE);
    let back = browser.get("/api/auth/login?redirect_uri=%2Fb&state=x").await;
    assert_eq!(back.location(), format!("{ORIGIN}/b"));
    assert_ne!(browser.cookie(GATEWAY_COOKIE), first, "a session of its own");
}

#[tokio::test]
async fn the_cookie_of_the_single_sign_on_is_not_shown_to_extensions() {
    let browser = Browser::new(&bare());
    let back = browser.sign_in("ada", "/").await;
    let line = |name: &str| {
        let lines = back.headers.get_all(SET_COOKIE).iter();
        lines
            .map(|line| line.to_str().unwrap())
            .find(|line| line.starts_with(name))
            .unwrap()
    };
    assert!(line(SINGLE_SIGN_ON_COOKIE).contains("; Path=/api/auth;"));
    assert!(line(GATEWAY_COOKIE).contains("; Path=/;"));
}

#[tokio::test]
async fn nobody_is_sent_to_another_origin() {
    let browser = Browser::new(&bare());
    for foreign in [
        "http%3A%2F%2Fevil.example%2F",
        "%2F%2Fevil.example%2F",
        "%2F%5Cevil.example%2F",
        "javascript%3Aalert(1)",
        "http%3A%2F%2Flocalhost%3A4000%2F",
    ] {
        let refused = browser
            .get(&format!("/api/auth/login?redirect_uri={foreign}"))
            .await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{foreign}");
        assert!(refused.headers.get(LOCATION).is_none());
    }
    // Nor while the single sign-on would answer without a question.
    browser.sign_in("ada", "/").await;
    let refused = browser
        .get("/api/auth/login?redirect_uri=%2F%2Fevil.example%2F")
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn older_and_newer_names_of_the_address_are_understood() {
    for name in ["redirect_uri", "redirect", "return_to"] {
        let browser = Browser::new(&bare());
        browser.sign_in("ada", "/").await;
        let back = browser.get(&format!("/api/auth/login?{name}=%2Fx")).await;
        assert_eq!(back.location(), format!("{ORIGIN}/x"), "{name}");
    }
}

#[tokio::test]
async fn the_picker_takes_a_form_of_its_own_once() {
    let browser = Browser::new(&bare());
    let id = browser
        .get("/api/auth/login?redirect_uri=%2F")
        .await
        .form_request();
    let body = format!("request={id}&sub=ada");
    for site in ["cross-site", "same-site", "none"] {
        let request = Request::post("/api/auth/login/choice")
            .header(HOST, "localhost:3000")
            .header("sec-fetch-site", site)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let refused = browser
            .send(request.body(Body::from(body.clone())).unwrap())
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{site}");
    }
    let form = [("request", id.as_str()), ("sub", "ada")];
    browser.submit("/api/auth/login/choice", &form).await.location();
    let again = browser.submit("/api/auth/login/choice", &form).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn cancelling_signs_nobody_in() {
    let browser = Browser::new(&bare());
    let id = browser
        .get("/api/auth/login?redirect_uri=%2F")
        .await
        .form_request();
    let back = browser
        .submit("/api/auth/login/choice", &[("request", &id)])
        .await;
    assert_eq!(back.location(), format!("{ORIGIN}/login"));
    assert_eq!(browser.cookie(GATEWAY_COOKIE), None);
}

#[tokio::test]
async fn both_sessions_run_out() {
    let clock = Arc::new(AtomicI64::new(1_000));
    let mut config = PlatformConfig::new(ORIGIN, Vec::new());
    let time = Arc::clone(&clock);
    config.now = Arc::new(move || time.load(Ordering::Relaxed));
    let browser = Browser::new(&PlatformStandIn::new(config).unwrap());
    browser.sign_in("ada", "/").await;
    clock.fetch_add(8 * 3600 - 1, Ordering::Relaxed);
    assert_eq!(browser.get("/api/auth/validate").await.status, StatusCode::OK);
    clock.fetch_add(1, Ordering::Relaxed);
    assert_eq!(
        browser.get("/api/auth/validate").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(
        browser
            .get("/api/auth/login?redirect_uri=%2F")
            .await
            .asks_who_one_is()
    );
}
