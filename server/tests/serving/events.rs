//! Live events through the whole server: nothing in front of them cuts them off, holds them back or holds them open.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::{HeaderMap, Request, header};
use tokio::{io::AsyncReadExt as _, io::AsyncWriteExt as _, net::TcpListener, sync::watch};
use tower::ServiceExt as _;

use crate::site::{Browser, Site};

const HERE: &str = "http://localhost:3000";

fn cookies(browser: &Browser<'_>) -> String {
    let pairs: Vec<_> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

async fn listen(site: &Site, browser: &Browser<'_>) -> (HeaderMap, BodyDataStream) {
    let request = Request::get("/auth/events")
        .header(header::COOKIE, cookies(browser))
        .header(header::ACCEPT_ENCODING, "br, gzip")
        .body(Body::empty())
        .unwrap();
    let (parts, body) = site.router.clone().oneshot(request).await.unwrap().into_parts();
    assert_eq!(parts.status, 200);
    (parts.headers, body.into_data_stream())
}

async fn next(stream: &mut BodyDataStream) -> Option<String> {
    let bytes = stream.next().await?.unwrap();
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn i18_a_stream_outlives_the_time_limit_of_a_request_and_is_not_compressed() {
    let site = Site::start(HERE).await;
    let browser = site.signed_in().await;
    tokio::time::pause();
    let (headers, mut stream) = listen(&site, &browser).await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    let start = tokio::time::Instant::now();
    while start.elapsed() < Duration::from_secs(5 * 60) {
        let piece = next(&mut stream).await.unwrap();
        assert!(piece.starts_with(':'), "{piece}");
    }
}

#[tokio::test]
async fn i18_an_operator_reaches_open_tabs() {
    use server::operator::{Target, end};
    let site = Site::start(HERE).await;
    let browser = site.signed_in().await;
    let (_, mut stream) = listen(&site, &browser).await;
    let done = end(&site.exeunt, &Target::User("ada".to_owned())).await.unwrap();
    assert_eq!(done.sessions, 1);
    let mut heard = String::new();
    while let Some(piece) = next(&mut stream).await {
        heard.push_str(&piece);
    }
    assert!(heard.contains("event: ended"), "{heard}");
    assert!(heard.contains(r#""why":"operator""#), "{heard}");
}

/// With a stream that is open, as over a socket, the server still comes to its end at once.
#[tokio::test]
async fn a_server_that_stops_waits_for_no_stream() {
    let site = Site::start(HERE).await;
    let browser = site.signed_in().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, mut stopped) = watch::channel(false);
    let app = site.router.clone();
    let server = tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            })
            .await
    });
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /auth/events HTTP/1.1\r\nHost: localhost:3000\r\nCookie: {}\r\n\r\n",
        cookies(&browser)
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = connection.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 200"));

    stop.send(true).unwrap();
    exeunt::events::close(&site.exeunt);
    tokio::time::timeout(Duration::from_secs(5), server)
        .await
        .expect("it comes to its end")
        .unwrap()
        .unwrap();
    let mut rest = Vec::new();
    connection.read_to_end(&mut rest).await.unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("ended"));
}
