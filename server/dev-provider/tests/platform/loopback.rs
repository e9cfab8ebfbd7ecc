//! Loopback only.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::ServeError;
use tokio::net::TcpListener;

use crate::browser::send;
use crate::extension::bare;

async fn status_with(headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::get("/login");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    send(&bare().router(), request).await.status.as_u16()
}

#[tokio::test]
async fn another_host_is_forbidden() {
    assert_eq!(status_with(&[("host", "localhost:3000")]).await, 200);
    assert_eq!(status_with(&[("host", "platform.example.com")]).await, 403);
    assert_eq!(status_with(&[]).await, 403);
    assert_eq!(
        status_with(&[("host", "localhost"), ("host", "localhost")]).await,
        403
    );
}

#[tokio::test]
async fn what_an_extension_says_of_a_request_passes_while_it_tells_of_this_machine() {
    for (name, value, status) in [
        ("x-forwarded-for", "127.0.0.1", 200),
        ("x-forwarded-for", "::1", 200),
        ("x-forwarded-for", "192.0.2.1", 403),
        ("x-forwarded-for", "127.0.0.1, 192.0.2.1", 403),
        ("x-forwarded-host", "localhost:3000", 200),
        ("x-forwarded-host", "platform.example.com", 403),
        ("x-forwarded-prefix", "/runtime/apps/notes", 200),
        ("x-forwarded-proto", "http", 200),
        ("forwarded", "for=127.0.0.1", 403),
        ("via", "1.1 x", 403),
        ("x-real-ip", "127.0.0.1", 403),
    ] {
        let answered = status_with(&[("host", "localhost"), (name, value)]).await;
        assert_eq!(answered, status, "{name}: {value}");
    }
}

#[tokio::test]
async fn an_address_that_others_reach_is_not_served() {
    let everywhere = || async { TcpListener::bind("0.0.0.0:0").await.unwrap() };
    let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for (listener, control) in [(everywhere().await, None), (here, Some(everywhere().await))] {
        let refused = bare()
            .serve(listener, control, std::future::pending())
            .await
            .unwrap_err();
        assert!(matches!(refused, ServeError::NotLoopback { .. }), "{refused}");
    }
}
