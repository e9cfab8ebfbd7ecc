//! Over real connections.

use exeunt_dev_provider::script::{Answer, Endpoint};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::builder;

async fn connect(origin: &str) -> TcpStream {
    TcpStream::connect(origin.strip_prefix("http://").unwrap())
        .await
        .unwrap()
}

async fn ask(stream: &mut TcpStream, path: &str, connection: &str) -> std::io::Result<()> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: {connection}\r\n\r\n");
    stream.write_all(request.as_bytes()).await
}

/// What came until the connection was closed or reset.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn it_serves_on_its_origin() {
    let provider = builder().start().await;
    let mut stream = connect(&provider.origin()).await;
    ask(&mut stream, "/.well-known/openid-configuration", "close")
        .await
        .unwrap();
    let answer = rest(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(&provider.issuer()),
        "{answer}"
    );
}

#[tokio::test]
async fn a_cut_off_body_begins_and_does_not_end() {
    let provider = builder().start().await;
    provider
        .script()
        .answer_next(Endpoint::Jwks, Answer::cut_off("{\"keys\":["));
    let mut stream = connect(&provider.origin()).await;
    ask(&mut stream, "/jwks", "keep-alive").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.contains("{\"keys\":["), "{answer}");
    assert!(
        !answer.ends_with("0\r\n\r\n"),
        "the body ended properly: {answer}"
    );
}

#[tokio::test]
async fn while_it_is_down_new_and_kept_connections_are_reset() {
    let provider = builder().start().await;
    let script = provider.script();
    let mut kept = connect(&provider.origin()).await;
    ask(&mut kept, "/jwks", "keep-alive").await.unwrap();
    assert!(kept.read(&mut [0; 16]).await.unwrap() > 0);
    script.set_down(true);
    let before = script.count(Endpoint::Jwks);
    let _ = ask(&mut kept, "/jwks", "close").await;
    rest(&mut kept).await;
    let mut fresh = connect(&provider.origin()).await;
    let _ = ask(&mut fresh, "/jwks", "close").await;
    assert_eq!(rest(&mut fresh).await, "");
    assert_eq!(script.count(Endpoint::Jwks), before);
    script.set_down(false);
    let mut again = connect(&provider.origin()).await;
    ask(&mut again, "/jwks", "close").await.unwrap();
    assert!(rest(&mut again).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_dropped_provider_stops_although_a_request_hangs() {
    let provider = builder().start().await;
    let (script, origin) = (provider.script(), provider.origin());
    script.answer_always(Endpoint::Jwks, Answer::hang());
    let mut stream = connect(&origin).await;
    ask(&mut stream, "/jwks", "keep-alive").await.unwrap();
    script.arrived(Endpoint::Jwks, 1).await;
    drop(provider);
    // Ends only when the server closes the connection.
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
    assert!(
        TcpStream::connect(origin.strip_prefix("http://").unwrap())
            .await
            .is_err()
    );
}
