//! The server function `logout`, through the whole server.

use crate::site::Site;

const HERE: &str = "http://localhost:3000";
const FETCH: [(&str, &str); 2] = [("accept", "application/json"), ("sec-fetch-site", "same-origin")];
const FORM: [(&str, &str); 4] = [
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("sec-fetch-site", "same-origin"),
    ("referer", "https://evil.example/trap"),
];

#[tokio::test]
async fn a_script_gets_the_answer_of_the_contract_and_the_session_is_dead() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    let old = browser.cookies.clone();
    let headers = [&FETCH[..], &[("content-type", "application/json")]].concat();
    let answer = browser
        .post("/api/auth/logout", &headers, r#"{"scope":"browser"}"#)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["success"], true);
    assert_eq!(body["redirect_url"], "http://localhost:3000/logged-out");
    let leave = body["front_channel_logout_url"].as_str().unwrap();
    assert!(leave.starts_with(&site.provider.issuer()), "{leave}");
    for parameter in [
        "id_token_hint=",
        "client_id=",
        "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Flogged-out",
        "state=",
    ] {
        assert!(leave.contains(parameter), "{parameter} in {leave}");
    }
    assert_eq!(
        body["receipt"]["layers"][0],
        serde_json::json!({"layer": "app_session", "status": "ended"})
    );
    assert_eq!(answer.header("clear-site-data"), "\"cache\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    browser.cookies = old;
    assert_eq!(browser.open("/api/session").await.status, 401);
}

#[tokio::test]
async fn i7_i20_a_form_without_scripts_is_led_to_a_page_of_ours_whatever_referer_says() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    let answer = browser.post("/api/auth/logout", &FORM, "scope=browser").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/auth/logout/continue")
    );
    assert_eq!(answer.headers.get_all("location").iter().count(), 1);
    let page = browser.open("/auth/logout/continue").await;
    assert!(page.text.contains("http-equiv=\"refresh\""), "{}", page.text);
    // Signed out already: still a page of ours.
    let again = browser.post("/api/auth/logout", &FORM, "scope=browser").await;
    assert_eq!(
        (again.status.as_u16(), again.header("location")),
        (303, "/logged-out")
    );
}

#[tokio::test]
async fn nothing_is_ended_by_a_body_that_cannot_be_read() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    for (content_type, body, status) in [
        ("text/plain", "scope=app", 415),
        ("application/json", "{", 400),
        ("application/json", r#"{"scope":"nowhere"}"#, 400),
        ("application/x-www-form-urlencoded", "scope=nowhere", 400),
        ("application/json", "scope=app", 400),
    ] {
        let headers = [&FETCH[..], &[("content-type", content_type)]].concat();
        let answer = browser.post("/api/auth/logout", &headers, body).await;
        assert_eq!(answer.status, status, "{content_type} {body}: {}", answer.text);
    }
    assert_eq!(browser.open("/api/session").await.status, 200);
}

#[tokio::test]
async fn i6_another_site_signs_nobody_out() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    for headers in [
        &[
            ("sec-fetch-site", "cross-site"),
            ("content-type", "application/x-www-form-urlencoded"),
        ][..],
        &[
            ("origin", "https://evil.example"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
        ],
        &[("content-type", "text/plain")],
    ] {
        assert_eq!(
            browser.post("/api/auth/logout", headers, "").await.status,
            403,
            "{headers:?}"
        );
    }
    assert_eq!(browser.open("/api/session").await.status, 200);
}

#[tokio::test]
async fn i5_f4_2_a_get_signs_nobody_out() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    for path in [
        "/api/auth/logout",
        "/api/auth/logout?scope=everywhere",
        "/auth/logout",
        "/logout",
        "/auth/logout/continue",
        "/logged-out",
    ] {
        let answer = browser.open(path).await;
        assert!(
            answer.status != 200 || path == "/logged-out",
            "{path}: {}",
            answer.status
        );
    }
    assert_eq!(browser.open("/api/session").await.status, 200);
}
