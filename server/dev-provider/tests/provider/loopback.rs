//! Loopback only, and the provider's own forms only.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::ServeError;
use tokio::net::TcpListener;

use crate::relying_party::{authorize, provider, shared};

const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn status_with(headers: &[(&str, &str)]) -> u16 {
    let browser = provider();
    let mut request = Request::get(DISCOVERY);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser
        .send(request.body(Body::empty()).unwrap())
        .await
        .status
        .as_u16()
}

#[tokio::test]
async fn another_host_is_forbidden() {
    assert_eq!(status_with(&[("host", "localhost:3010")]).await, 200);
    assert_eq!(status_with(&[("host", "op.example.com")]).await, 403);
    assert_eq!(status_with(&[]).await, 403);
    assert_eq!(
        status_with(&[("host", "localhost"), ("host", "localhost")]).await,
        403
    );
}

#[tokio::test]
async fn a_forwarded_request_is_forbidden() {
    for header in [
        "forwarded",
        "via",
        "x-real-ip",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-prefix",
    ] {
        assert_eq!(
            status_with(&[("host", "localhost"), (header, "127.0.0.1")]).await,
            403,
            "{header}"
        );
    }
}

#[tokio::test]
async fn an_address_that_others_reach_is_not_served() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let provider = shared();
    let refused = provider
        .serve(listener, std::future::pending())
        .await
        .unwrap_err();
    assert!(matches!(refused, ServeError::NotLoopback { .. }), "{refused}");
}

#[tokio::test]
async fn the_picker_takes_no_form_from_elsewhere() {
    let browser = provider();
    let id = authorize(&browser, &[]).await.form_request();
    let form = [("request", id.as_str()), ("sub", "ada")];
    for headers in [
        vec![],
        vec![("sec-fetch-site", "cross-site")],
        vec![
            ("sec-fetch-site", "same-site"),
            ("origin", "http://127.0.0.1:3010"),
        ],
        vec![("sec-fetch-site", "none")],
        vec![("origin", "http://localhost:3000")],
        vec![("origin", "null")],
    ] {
        browser
            .post("/authorize/choice", &form, &headers)
            .await
            .is_page_without_redirect(403);
        browser
            .post("/end_session/choice", &form, &headers)
            .await
            .is_page_without_redirect(403);
    }
    let answer = browser
        .post("/authorize/choice", &form, &[("origin", "http://127.0.0.1:3010")])
        .await;
    assert!(
        answer.returned("code").is_some(),
        "an older browser's own form passes"
    );
}
