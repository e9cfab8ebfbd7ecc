//! Several extensions on one origin, and one on a port of its own.

use std::collections::BTreeSet;

use http::StatusCode;

use crate::support::{App, Scripted};

async fn two() -> (App, App) {
    let scripted = Scripted::start().await;
    let b = App::start_on(scripted.clone(), |settings| {
        settings.public_url = "https://k.example/runtime/apps/b".parse().unwrap();
    });
    (App::start_on(scripted, |_| ()), b)
}

#[tokio::test]
async fn f8_6_a_sign_out_in_one_app_leaves_the_cookies_of_the_other_alone() {
    let (a, b) = two().await;
    let (mut in_a, mut in_b) = (a.signed_in(), b.signed_in());
    let from_a = in_a.log_out("{}").await;
    let from_b = in_b.log_out("{}").await;
    let names = |answer: &[String]| -> BTreeSet<String> {
        answer
            .iter()
            .map(|cookie| cookie.split('=').next().unwrap().to_owned())
            .collect()
    };
    let (of_a, of_b) = (names(&from_a.set_cookies()), names(&from_b.set_cookies()));
    assert!(!of_a.is_empty() && !of_b.is_empty());
    assert!(of_a.is_disjoint(&of_b), "{of_a:?} {of_b:?}");
    for cookie in from_a.set_cookies() {
        assert!(cookie.starts_with("__Secure-exeunt-"), "{cookie}");
        assert!(cookie.contains("; Path=/runtime/apps/a"), "{cookie}");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("Secure"),
            "{cookie}"
        );
    }
    assert_eq!(from_a.header("clear-site-data"), "\"cache\"");
}

#[tokio::test]
async fn f8_6_a_sign_out_of_one_app_alone_signs_nobody_out_of_the_other() {
    let (a, b) = two().await;
    let mut in_a = a.signed_in();
    in_a.log_out(r#"{"scope":"app"}"#).await;
    // The browser sends the cookies of a's path to a alone; even if it sent them to b, they mean nothing there.
    let mut in_b = b.signed_in();
    assert_eq!(in_b.get("/whoami").await.text, "ada");
    in_b.cookies.extend(in_a.cookies.clone());
    assert_eq!(in_b.get("/whoami").await.text, "ada");
    assert_eq!(in_a.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn on_a_port_of_its_own_the_cookies_are_bound_to_the_host() {
    let app = App::start_with(|settings| {
        settings.public_url = "https://k.example:4443".parse().unwrap();
    })
    .await;
    let mut browser = app.signed_in();
    let headers = [
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("origin", "https://k.example:4443"),
    ];
    let answer = browser
        .send(http::Method::POST, "/api/auth/logout", &headers, "{}")
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    for cookie in answer.set_cookies() {
        assert!(
            cookie.starts_with("__Host-exeunt-") && cookie.contains("; Path=/"),
            "{cookie}"
        );
    }
}
