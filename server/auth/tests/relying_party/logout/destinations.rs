//! Where a person goes on to (F4.23), and that no header of the request has a say in it (F4.24).

use axum::body::Body;
use exeunt::logout::view::logged_out_view;
use http::{HeaderMap, Method, header};

use super::{
    Answer, parameter, provider_url,
    support::{App, Browser},
};

async fn app() -> App {
    App::builder()
        .settings(|settings| {
            settings.post_logout_uris = "/bye, https://portal.example/done?x=1".parse().unwrap();
        })
        .start()
        .await
}

async fn sign_out_to(browser: &mut Browser, wanted: &str) -> Answer {
    let body = serde_json::json!({"post_logout_redirect_uri": wanted}).to_string();
    browser.post_json("/api/auth/logout", &body).await
}

async fn continue_to(app: &App, browser: &Browser) -> Option<String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &browser.cookies {
        headers.append(header::COOKIE, format!("{name}={value}").parse().unwrap());
    }
    logged_out_view(&app.exeunt, &headers).await.unwrap().continue_to
}

#[tokio::test]
async fn f4_23_an_address_on_the_list_becomes_the_way_on_and_the_provider_returns_to_us_all_the_same() {
    let app = app().await;
    for (wanted, expected) in [
        ("/bye", "http://localhost:3000/bye"),
        ("http://localhost:3000/bye", "http://localhost:3000/bye"),
        (
            "https://portal.example/done?x=1",
            "https://portal.example/done?x=1",
        ),
    ] {
        let mut browser = app.signed_in("ada").await;
        let answer = sign_out_to(&mut browser, wanted).await;
        assert_eq!(answer.status, 200, "{wanted}");
        assert_eq!(
            continue_to(&app, &browser).await.as_deref(),
            Some(expected),
            "{wanted}"
        );
        assert_eq!(
            answer.json()["redirect_url"],
            "http://localhost:3000/logged-out",
            "{wanted}"
        );
        assert_eq!(
            parameter(&provider_url(&answer), "post_logout_redirect_uri").unwrap(),
            "http://localhost:3000/logged-out",
            "{wanted}"
        );
    }
}

#[tokio::test]
async fn f4_23_i7_any_other_address_is_ignored_and_is_no_error() {
    let app = app().await;
    for wanted in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://portal.example/done",
        "https://portal.example/done?x=1&y=2",
        "https://portal.example/done?x=1#a",
        "https://portal.example:443/done?x=1",
        "https://PORTAL.example/done?x=1",
        "https://portal.example@evil.example/done?x=1",
        "/bye/",
        "/bye?x=1",
        "/bye/../account",
        "bye",
        "/bye\r\nSet-Cookie: a=b",
        "",
    ] {
        let mut browser = app.signed_in("ada").await;
        let answer = sign_out_to(&mut browser, wanted).await;
        assert_eq!(answer.status, 200, "{wanted:?}");
        assert_eq!(answer.json()["success"], true, "{wanted:?}");
        assert_eq!(continue_to(&app, &browser).await, None, "{wanted:?}");
        if wanted.len() > 1 {
            assert!(
                !answer.text().contains(wanted),
                "{wanted:?} comes back in {}",
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn f4_23_by_default_the_list_is_empty() {
    let app = App::start().await;
    for wanted in ["/", "/account", "http://localhost:3000/account"] {
        let mut browser = app.signed_in("ada").await;
        sign_out_to(&mut browser, wanted).await;
        assert_eq!(continue_to(&app, &browser).await, None, "{wanted}");
    }
}

#[tokio::test]
async fn f4_24_i7_no_header_changes_any_address() {
    let app = App::builder()
        .public_url("https://app.example/some/app")
        .start()
        .await;
    for (name, value) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-prefix", "//evil.example"),
        ("x-forwarded-proto", "javascript"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-original-url", "https://evil.example/"),
        ("referer", "https://evil.example/evil"),
    ] {
        let mut browser = app.signed_in("ada").await;
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            (name, value),
        ];
        let answer = browser
            .send(Method::POST, "/api/auth/logout", &headers, Body::from("{}"))
            .await;
        assert_eq!(
            answer.json()["redirect_url"],
            "https://app.example/some/app/logged-out",
            "{name}"
        );
        let url = provider_url(&answer);
        assert!(url.starts_with(&app.provider.issuer()), "{name}: {url}");
        assert_eq!(
            parameter(&url, "post_logout_redirect_uri").unwrap(),
            "https://app.example/some/app/logged-out",
            "{name}"
        );
        let headers = [("accept", "text/html"), (name, value)];
        let state = parameter(&url, "state").unwrap();
        let path = format!("/logged-out?state={state}");
        let answer = browser.send(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(answer.location(), "/some/app/logged-out", "{name}");
    }
}
