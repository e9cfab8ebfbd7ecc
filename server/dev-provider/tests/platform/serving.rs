//! Over real connections: streams, ports, and the end.

use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;

use axum::body::Body;
use axum::routing::get;
use axum::{Router, serve};
use exeunt_dev_provider::platform::{Extension, Place, PlatformConfig, PlatformStandIn};
use futures::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::extension::start;

/// Sends a GET and reads until `expected` has come.
async fn read_until(connection: &mut TcpStream, path: &str, expected: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    let mut chunk = [0u8; 1024];
    while !String::from_utf8_lossy(&seen).contains(expected) {
        let read = connection.read(&mut chunk).await.unwrap();
        assert!(read > 0, "ended with {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8(seen).unwrap()
}

/// An extension that says one word and then keeps the answer open.
async fn start_streaming() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let first = || stream::once(ready(Ok::<_, Infallible>("first")));
    let answer = move || async move { Body::from_stream(first().chain(stream::pending())) };
    tokio::spawn(async move { serve(listener, Router::new().fallback(get(answer))).await });
    address
}

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<Result<(), exeunt_dev_provider::ServeError>>,
}

async fn serve_platform(extensions: Vec<Extension>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stand_in =
        PlatformStandIn::new(PlatformConfig::new(format!("http://{address}"), extensions)).unwrap();
    let ended = tokio::spawn(stand_in.serve(listener, None, async move {
        let _ = stopped.await;
    }));
    Served { address, stop, ended }
}

#[tokio::test]
async fn a_stream_passes_as_it_comes_and_does_not_delay_the_end() {
    let upstream = format!("http://{}", start_streaming().await);
    let served = serve_platform(vec![Extension::new(Place::Path("/a".to_owned()), upstream)]).await;
    let mut connection = TcpStream::connect(served.address).await.unwrap();
    read_until(&mut connection, "/a/events", "first").await;
    served.stop.send(()).unwrap();
    served.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_extension_has_a_listener_at_its_port() {
    let upstream = format!("http://{}", start().await);
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let served = serve_platform(vec![Extension::new(Place::Port(port), upstream)]).await;
    // The platform's own listener was there before; that of the extension is there once something is answered.
    let mut own = TcpStream::connect(served.address).await.unwrap();
    read_until(&mut own, "/login", "Sign in to the platform").await;
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let answer = read_until(&mut connection, "/x", "\"method\":\"GET\"").await;
    assert!(answer.contains("\"x-forwarded-for\":\"127.0.0.1\""), "{answer}");
    served.stop.send(()).unwrap();
    served.ended.await.unwrap().unwrap();
}
