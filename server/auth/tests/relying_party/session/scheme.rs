//! Browsers come by another scheme than `EXEUNT_PUBLIC_URL` names (F3.10).

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo};
use http::{Request, header};

use super::support::{App, Logs, answer_of};

const PROXY: &str = "192.0.2.7:4711";

/// What the log says of requests that came so, each from this peer and by this scheme.
async fn told(public_url: &str, requests: &[(&str, &str)]) -> Vec<String> {
    let app = App::builder()
        .public_url(public_url)
        .settings(|settings| settings.trusted_proxies = "192.0.2.0/24".parse().unwrap())
        .start()
        .await;
    let (logs, guard) = Logs::capture();
    for (peer, scheme) in requests {
        let mut request = Request::get("/api/session")
            .header(header::HOST, "app.example.com")
            .header("x-forwarded-proto", *scheme)
            .body(Body::empty())
            .unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        assert_eq!(answer_of(&app.router(), request).await.status, 401);
    }
    drop(guard);
    let text = logs.text();
    let warnings = text.lines().filter(|line| line.contains("EXEUNT_PUBLIC_URL"));
    warnings.map(str::to_owned).collect()
}

#[tokio::test]
async fn f3_10_a_browser_that_comes_by_http_where_cookies_are_secure_is_told_in_the_log_once() {
    let warnings = told(
        "https://app.example.com",
        &[(PROXY, "https"), (PROXY, "http"), (PROXY, "http")],
    )
    .await;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("WARN"), "{warnings:?}");
    assert!(warnings[0].contains(r#"scheme="http""#), "{warnings:?}");

    let warnings = told("http://localhost:3000", &[(PROXY, "https")]).await;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains(r#"scheme="https""#), "{warnings:?}");
}

#[tokio::test]
async fn f3_10_nothing_is_told_where_the_scheme_is_right_or_somebody_else_says_so() {
    let quiet = [(PROXY, "https"), ("203.0.113.9:4711", "http")];
    assert_eq!(
        told("https://app.example.com", &quiet).await,
        Vec::<String>::new()
    );
}
