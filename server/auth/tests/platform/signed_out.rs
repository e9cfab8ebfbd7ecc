//! After a sign-out: what stays signed out, and until when.

use http::StatusCode;

use crate::support::{App, Reply};

#[tokio::test]
async fn after_a_sign_out_a_visit_signs_nobody_in_although_the_gateway_names_the_person() {
    let app = App::start().await;
    app.scripted.will(Reply::status(500));
    let mut browser = app.signed_in();
    assert_eq!(browser.get("/whoami").await.text, "ada");
    browser.log_out("{}").await;
    for path in ["/api/session", "/whoami"] {
        assert_eq!(browser.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// Whoever copied the platform's cookie before has none of the browser's own.
#[tokio::test]
async fn i3_the_old_sign_on_replayed_without_our_cookie_counts_for_nothing() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let mut thief = browser.clone();
    browser.log_out("{}").await;
    assert_eq!(thief.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
}

/// Another instance, or this one after a restart, knows it by the browser's cookie.
#[tokio::test]
async fn i3_another_instance_knows_it_too() {
    let (one, other) = (App::start().await, App::start().await);
    let mut browser = one.signed_in();
    browser.log_out("{}").await;
    let mut there = other.signed_in();
    there.cookies = browser.cookies.clone();
    assert_eq!(there.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn i1_it_is_dead_before_the_platform_has_answered() {
    let app = App::start_with(|settings| settings.timeout = std::time::Duration::from_millis(500)).await;
    app.scripted.will(Reply::hangs());
    let mut browser = app.signed_in();
    let mut tab = browser.clone();
    let signing_out = tokio::spawn(async move { browser.log_out("{}").await });
    while app.scripted.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!signing_out.is_finished());
    assert_eq!(tab.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    signing_out.await.unwrap();
}

#[tokio::test]
async fn a_new_sign_on_counts() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    browser
        .cookies
        .insert("access_token".to_owned(), "ada-2".to_owned());
    assert_eq!(browser.get("/whoami").await.text, "ada");
}

#[tokio::test]
async fn whoever_begins_to_sign_in_is_listened_to_again() {
    for path in ["/auth/login", "/api/auth/login-url?redirect_uri=%2F"] {
        let app = App::start().await;
        let mut browser = app.signed_in();
        browser.log_out("{}").await;
        browser.get(path).await;
        assert_eq!(browser.get("/whoami").await.text, "ada", "{path}");
    }
}

#[tokio::test]
async fn i19_a_page_fetched_ahead_is_no_sign_in() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let answer = browser
        .send(
            http::Method::GET,
            "/auth/login",
            &[("sec-purpose", "prefetch")],
            "",
        )
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn i19_a_page_of_another_site_does_not_undo_a_sign_out() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    for site in ["cross-site", "same-site"] {
        for path in ["/auth/login", "/api/auth/login-url?redirect_uri=%2F"] {
            let headers = [("sec-fetch-site", site)];
            browser.send(http::Method::GET, path, &headers, "").await;
            let status = browser.get("/whoami").await.status;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{site} {path}");
        }
    }
    let headers = [("sec-fetch-site", "same-origin")];
    browser.send(http::Method::GET, "/auth/login", &headers, "").await;
    assert_eq!(browser.get("/whoami").await.text, "ada");
}

/// Where the gateway lets nothing through that names the sign-on, it is the person, in this browser alone.
#[tokio::test]
async fn without_cookies_of_the_platform_only_this_browser_is_signed_out() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.cookies.clear();
    let mut other = browser.clone();
    browser.log_out("{}").await;
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(other.get("/whoami").await.text, "ada");
}

/// This app here: the platform is not asked, and the answer says that it stays.
#[tokio::test]
async fn the_scope_app_leaves_the_platform_alone() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let answer = browser.log_out(r#"{"scope":"app"}"#).await;
    assert!(app.scripted.asked().is_empty());
    let json = answer.json();
    assert_eq!(json["success"], true);
    assert!(json.get("front_channel_logout_url").is_none());
    assert_eq!(
        json["redirect_url"],
        "https://k.example/runtime/apps/a/logged-out"
    );
    assert_eq!(answer.layer("app_session").as_deref(), Some("ended"));
    assert_eq!(answer.layer("platform").as_deref(), Some("kept"));
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    let view = app.logged_out_view(&browser).await;
    assert!(!view.signed_in && view.provider_tries_left == 0);
}

#[tokio::test]
async fn the_scope_everywhere_says_what_it_cannot_reach() {
    let app = App::start().await;
    let answer = app.signed_in().log_out(r#"{"scope":"everywhere"}"#).await;
    assert_eq!(answer.layer("other_sessions").as_deref(), Some("cannot_be_ended"));
}

#[tokio::test]
async fn i4_a_platform_that_knew_of_no_session_ended_none() {
    let app = App::start().await;
    let nothing = crate::support::Reply::json(&serde_json::json!({"session_termination_requested": false}));
    app.scripted.will(nothing.clone());
    let answer = app.signed_in().log_out("{}").await;
    assert_eq!(answer.json()["success"], true, "it answered 200");
    assert_eq!(answer.layer("platform").as_deref(), Some("unconfirmed"));

    // What a first press ended, a second one does not find any more.
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    app.scripted.will(nothing);
    let answer = browser.log_out("{}").await;
    assert_eq!(answer.layer("platform").as_deref(), Some("ended"));
}

#[tokio::test]
async fn what_the_platform_owns_is_refused_clearly() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let list = browser.get("/api/auth/sessions").await;
    assert_eq!(
        list.json(),
        serde_json::json!({"sessions": [], "recent_ends": [], "platform": "k.example"})
    );
    for (method, path, status) in [
        (http::Method::POST, "/api/auth/extend", StatusCode::CONFLICT),
        (http::Method::POST, "/api/auth/sessions/end", StatusCode::CONFLICT),
        (
            http::Method::DELETE,
            "/api/auth/sessions/x",
            StatusCode::NOT_FOUND,
        ),
    ] {
        let answer = browser
            .send(method.clone(), path, &crate::support::FETCH, "{}")
            .await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["detail"]["message"].is_string(), "{path}");
        let nobody = app
            .browser()
            .send(method, path, &crate::support::FETCH, "{}")
            .await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for absent in [
        "/auth/callback",
        "/auth/frontchannel-logout",
        "/auth/logout/probe",
    ] {
        assert_eq!(
            browser.get(absent).await.status,
            StatusCode::NOT_FOUND,
            "{absent}"
        );
    }
}
