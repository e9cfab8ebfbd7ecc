//! The body of `POST /api/auth/logout`, and the two ways to answer.

use axum::body::Body;
use http::Method;

use super::{
    living,
    support::{Answer, App, Browser},
};

const LOGOUT: &str = "/api/auth/logout";

async fn post(browser: &mut Browser, content_type: Option<&str>, accept: &str, body: &str) -> Answer {
    let mut headers = vec![("sec-fetch-site", "same-origin"), ("accept", accept)];
    headers.extend(content_type.map(|value| ("content-type", value)));
    browser
        .send(Method::POST, LOGOUT, &headers, Body::from(body.to_owned()))
        .await
}

#[tokio::test]
async fn json_a_form_and_nothing_at_all_are_read() {
    let app = App::start().await;
    for (content_type, body, sessions_left) in [
        (Some("application/json"), r#"{"scope":"everywhere"}"#, 0),
        (
            Some("Application/Json ; charset=UTF-8"),
            r#"{"scope":"everywhere"}"#,
            0,
        ),
        (Some("application/x-www-form-urlencoded"), "scope=everywhere", 0),
        (
            Some("application/x-www-form-urlencoded; charset=utf-8"),
            "scope=everywhere&other=1",
            0,
        ),
        // The default reaches this browser only.
        (Some("application/json"), "{}", 1),
        (Some("application/json"), "", 1),
        (Some("application/x-www-form-urlencoded"), "", 1),
        (Some("text/plain"), "", 1),
        (None, "", 1),
    ] {
        let mut browser = app.signed_in("ada").await;
        let _elsewhere = app.signed_in("ada").await;
        app.clock.advance(std::time::Duration::from_millis(1));
        let answer = post(&mut browser, content_type, "application/json", body).await;
        assert_eq!(answer.status, 200, "{content_type:?} {body}: {}", answer.text());
        assert_eq!(answer.json()["success"], true);
        assert_eq!(
            living(&app, "ada").await,
            sessions_left,
            "{content_type:?} {body}"
        );
        app.clock.advance(std::time::Duration::from_millis(1));
        let mut cleaner = app.signed_in("ada").await;
        cleaner.post_json(LOGOUT, r#"{"scope":"everywhere"}"#).await;
        app.clock.advance(std::time::Duration::from_millis(1));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_nothing_is_ended() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let long = format!(
        r#"{{"scope":"browser","post_logout_redirect_uri":"{}"}}"#,
        "x".repeat(16 * 1024)
    );
    for (content_type, body, status) in [
        (Some("application/json"), r#"{"scope":"nowhere"}"#, 400),
        (Some("application/json"), r#"{"scope":"Everywhere"}"#, 400),
        (Some("application/json"), r#"{"scope":1}"#, 400),
        (Some("application/json"), r#"{"scope":"app""#, 400),
        (Some("application/json"), "[]x", 400),
        (Some("application/json"), "scope=app", 400),
        (Some("application/x-www-form-urlencoded"), "scope=nowhere", 400),
        (
            Some("application/x-www-form-urlencoded"),
            "scope=app&scope=everywhere",
            400,
        ),
        (Some("text/plain"), "scope=app", 415),
        (Some("text/plain"), r#"{"scope":"app"}"#, 415),
        (Some("multipart/form-data; boundary=x"), "--x--", 415),
        (Some("application/jsonp"), "{}", 415),
        (Some("application/json-seq"), "{}", 415),
        (None, "{}", 415),
        (Some("application/json"), &long, 413),
    ] {
        let answer = post(&mut browser.clone(), content_type, "application/json", body).await;
        let what = format!("{content_type:?} {}", body.get(..40).unwrap_or(body));
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        assert_eq!(answer.json()["detail"]["error"], "invalid_request", "{what}");
        assert_eq!(answer.header("cache-control").unwrap(), "no-store", "{what}");
        assert_eq!(answer.header("clear-site-data"), None, "{what}");
        assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{what}");
        assert_eq!(browser.clone().fetch("/api/session").await.status, 200, "{what}");
    }
}

#[tokio::test]
async fn i7_i20_a_form_is_led_to_a_page_of_ours_wherever_it_came_from() {
    let app = App::start().await;
    for (body, location) in [
        ("", "/auth/logout/continue"),
        ("scope=browser", "/auth/logout/continue"),
        ("scope=everywhere", "/auth/logout/continue"),
        ("scope=app", "/logged-out"),
    ] {
        let mut browser = app.signed_in("ada").await;
        let headers = [
            ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("referer", "https://evil.example/somewhere"),
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "gopher"),
            ("x-forwarded-prefix", "//evil.example"),
        ];
        let answer = browser
            .send(Method::POST, LOGOUT, &headers, Body::from(body))
            .await;
        assert_eq!(answer.status, 303, "{body}");
        assert_eq!(answer.location(), location, "{body}");
        assert_eq!(answer.body, b"", "{body}");
        assert_eq!(browser.session_cookie(), None, "{body}");
        app.clock.advance(std::time::Duration::from_millis(1));
    }
}

#[tokio::test]
async fn i7_below_a_prefix_a_form_stays_below_it() {
    let app = App::builder()
        .public_url("https://app.example/some/app")
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    let answer = browser.submit("/some/app/api/auth/logout", "").await;
    assert_eq!(answer.location(), "/some/app/auth/logout/continue");
    let mut browser = app.signed_in("ada").await;
    let answer = browser.submit("/some/app/api/auth/logout", "scope=app").await;
    assert_eq!(answer.location(), "/some/app/logged-out");
}

#[tokio::test]
async fn everyone_else_gets_json() {
    let app = App::start().await;
    for accept in ["application/json", "*/*", "text/plain", ""] {
        let mut browser = app.signed_in("ada").await;
        let answer = post(
            &mut browser,
            Some("application/x-www-form-urlencoded"),
            accept,
            "scope=app",
        )
        .await;
        assert_eq!(answer.status, 200, "{accept}");
        assert_eq!(
            answer.header("content-type").unwrap(),
            "application/json",
            "{accept}"
        );
        assert_eq!(answer.header("location"), None, "{accept}");
        assert_eq!(answer.json()["success"], true, "{accept}");
    }
}
