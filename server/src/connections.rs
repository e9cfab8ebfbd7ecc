//! Connections: accepted, served with HTTP/1.1, and let go when the process is to stop.
//!
//! Not `axum::serve`: that looks at the first bytes of each connection by themselves, to tell HTTP/2 from HTTP/1.1, which it then hands on as
//! a read of its own; the buffer of the connection, half full as it seems, is doubled, and stays so. Of an open tab that was a third of
//! what it took of the memory. HTTP/2 without TLS, which nobody speaks here, is not missed. And it waits for a request
//! for ever.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
    serve::{Listener, ListenerExt as _},
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::watch};
use tower::{Service, util::ServiceExt as _};

/// How long the headers of a request may take, from when the connection is open or the request before is answered. Longer than
/// proxies keep a connection that nothing comes over (nginx a minute, Caddy two, the balancers of some clouds ten): if we closed it first, a
/// request could be on its way already.
const HEADERS_WITHIN: Duration = Duration::from_secs(11 * 60);

/// Serves until `stopped` is over, then what is under way, and returns when all connections are closed. Each request holds the
/// address of its peer ([`ConnectInfo`]).
pub(crate) async fn serve<S>(listener: TcpListener, app: S, stopped: impl Future<Output = ()>)
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    // Headers and body go out in separate writes; with Nagle's algorithm each answer would wait for an ACK.
    let mut listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let (close, closing) = watch::channel(());
    let (open, mut all_closed) = tokio::sync::mpsc::channel::<Infallible>(1);
    let mut stopped = pin!(stopped);
    loop {
        let (connection, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => break,
        };
        let app = app
            .clone()
            .map_request(move |request: http::Request<Incoming>| of_peer(request, peer))
            // hyper keeps room for it as long as the connection is open, which is long and mostly idle.
            .map_future(Box::pin);
        let (closing, open) = (closing.clone(), open.clone());
        tokio::spawn(async move {
            serve_one(TokioIo::new(connection), app, closing).await;
            drop(open);
        });
    }
    drop(listener);
    drop(close);
    drop(open);
    // Nothing is ever sent: this is over when the last connection has dropped its end.
    let _ = all_closed.recv().await;
}

fn of_peer(request: http::Request<Incoming>, peer: SocketAddr) -> Request {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// Until the browser hangs up, or `closing` is over and what is under way is answered.
async fn serve_one<I, S>(connection: TokioIo<I>, app: S, mut closing: watch::Receiver<()>)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    S: Service<http::Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .serve_connection(connection, TowerToHyperService::new(app))
    );
    let ended = tokio::select! {
        // A request that has arrived is read first, and answered.
        biased;
        ended = served.as_mut() => ended,
        _ = closing.changed() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        // Most often it was hung up in the middle; whoever does that knows.
        tracing::trace!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::{Notify, oneshot},
        task::JoinHandle,
    };

    use super::*;

    struct Served {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: JoinHandle<()>,
        asked: Arc<Notify>,
        go_on: Arc<Notify>,
    }

    /// `/peer` answers with the peer's address; `/slow` waits for `go_on`.
    async fn served() -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let slow = {
            let (asked, go_on) = (Arc::clone(&asked), Arc::clone(&go_on));
            async move || {
                asked.notify_one();
                go_on.notified().await;
                "done"
            }
        };
        let app = Router::new()
            .route(
                "/peer",
                get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()),
            )
            .route("/slow", get(slow));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(listener, app, async move {
            let _ = stopped.await;
        }));
        Served {
            address,
            stop,
            server,
            asked,
            go_on,
        }
    }

    async fn ask(connection: &mut TcpStream, path: &str) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
    }

    /// The body of an answer, which is as long as its header says.
    async fn body(connection: &mut TcpStream) -> String {
        let mut text = String::new();
        loop {
            let mut bytes = [0; 1024];
            let count = connection.read(&mut bytes).await.unwrap();
            assert_ne!(count, 0, "hung up after {text:?}");
            text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if length.is_some_and(|length| length == body.len().to_string()) {
                return body.to_owned();
            }
        }
    }

    async fn is_closed(connection: &mut TcpStream) -> bool {
        matches!(connection.read(&mut [0; 1]).await, Ok(0) | Err(_))
    }

    #[tokio::test]
    async fn a_connection_is_kept_and_each_request_knows_its_peer() {
        let served = served().await;
        let mut connection = TcpStream::connect(served.address).await.unwrap();
        for _ in 0..3 {
            ask(&mut connection, "/peer").await;
            let peer = connection.local_addr().unwrap().to_string();
            assert_eq!(body(&mut connection).await, peer);
        }
    }

    #[tokio::test]
    async fn at_the_end_what_is_under_way_is_answered_and_what_is_idle_is_closed() {
        let Served {
            address,
            stop,
            server,
            asked,
            go_on,
        } = served().await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        ask(&mut idle, "/peer").await;
        body(&mut idle).await;
        let mut busy = TcpStream::connect(address).await.unwrap();
        ask(&mut busy, "/slow").await;
        asked.notified().await;
        stop.send(()).unwrap();
        assert!(is_closed(&mut idle).await);
        assert!(!server.is_finished());
        go_on.notify_one();
        assert_eq!(body(&mut busy).await, "done");
        assert!(is_closed(&mut busy).await);
        server.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    /// The clock stands still but for what is waited for.
    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_come_to_an_end_with_a_request_is_hung_up_on() {
        let served = served().await;
        let mut connection = TcpStream::connect(served.address).await.unwrap();
        connection
            .write_all(b"GET /peer HTTP/1.1\r\nhost: ")
            .await
            .unwrap();
        let begun = tokio::time::Instant::now();
        assert!(is_closed(&mut connection).await);
        assert!(
            begun.elapsed() >= HEADERS_WITHIN - Duration::from_secs(1),
            "{:?}",
            begun.elapsed()
        );
    }
}
