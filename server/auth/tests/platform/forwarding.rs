//! What leaves for the platform.

use http::{HeaderValue, header};

use crate::support::App;

#[tokio::test]
async fn k03_the_platform_sees_listed_cookies_and_authorization_and_nothing_else_of_the_browser() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.cookies.insert("theme".to_owned(), "dark".to_owned());
    browser
        .cookies
        .insert("session_of_another_app".to_owned(), "secret".to_owned());
    browser
        .gateway
        .insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer t"));
    browser
        .gateway
        .insert(header::USER_AGENT, HeaderValue::from_static("browser"));
    browser.log_out("{}").await;
    let asked = app.scripted.only();
    assert_eq!(asked.headers[header::COOKIE], "access_token=ada-1");
    assert_eq!(asked.headers[header::AUTHORIZATION], "Bearer t");
    for name in [
        "x-user-id",
        "x-user-roles",
        "user-agent",
        "origin",
        "sec-fetch-site",
    ] {
        assert!(!asked.headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn k04_forwarding_headers_go_on_only_from_trusted_peers() {
    let forwarded = [
        ("x-forwarded-host", "k.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-prefix", "/runtime/apps/a"),
    ];
    for (peer, expected) in [("10.0.0.7", 5), ("203.0.113.9", 0)] {
        let app = App::start().await;
        let mut browser = app.signed_in();
        browser.peer = peer.parse().unwrap();
        for (name, value) in forwarded {
            browser.gateway.insert(name, HeaderValue::from_static(value));
        }
        browser.log_out("{}").await;
        let asked = app.scripted.only();
        let count = forwarded
            .iter()
            .filter(|(name, value)| asked.headers.get(*name).is_some_and(|sent| sent == value))
            .count();
        assert_eq!(count, expected, "{peer}");
    }
}

#[tokio::test]
async fn k04_no_handler_sees_a_forwarding_header_of_a_stranger() {
    let app = App::start().await;
    let mut browser = app.browser();
    browser.peer = "203.0.113.9".parse().unwrap();
    for name in ["x-forwarded-host", "x-forwarded-prefix", "x-real-ip", "forwarded"] {
        browser.gateway.insert(name, HeaderValue::from_static("evil"));
    }
    assert_eq!(browser.get("/headers").await.text, "accept");
}

/// The path of the app comes from its settings: what a proxy says is logged and not believed.
#[tokio::test]
async fn k04_the_prefix_of_a_proxy_moves_nothing() {
    let app = App::start().await;
    let (logs, _guard) = crate::support::Logs::capture();
    let mut browser = app.signed_in();
    browser
        .gateway
        .insert("x-forwarded-prefix", HeaderValue::from_static("/evil"));
    browser
        .gateway
        .insert("x-forwarded-host", HeaderValue::from_static("evil.example"));
    let answer = browser.log_out("{}").await;
    assert!(!answer.text.contains("evil"), "{}", answer.text);
    let sent: serde_json::Value = serde_json::from_slice(&app.scripted.only().body).unwrap();
    let return_to = sent["post_logout_redirect_uri"].as_str().unwrap();
    assert!(
        return_to.starts_with("https://k.example/runtime/apps/a/logged-out?state="),
        "{return_to}"
    );
    assert!(
        answer
            .set_cookies()
            .iter()
            .all(|cookie| cookie.contains("Path=/runtime/apps/a"))
    );
    assert!(logs.text().contains("KAMIWAZA_APP_PATH"), "{}", logs.text());
    assert_eq!(logs.text().matches("KAMIWAZA_APP_PATH").count(), 1);
    browser.get("/api/session").await;
    assert_eq!(logs.text().matches("KAMIWAZA_APP_PATH").count(), 1, "said once");
}
