//! Several hosts in the address.

use exeunt::store::{Begun, Store as _, suite::fixture::row};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};

use super::*;

/// Nobody takes a connection here, and none is refused: so is a machine that is gone.
struct Silent {
    listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl Silent {
    async fn start() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        // Until its queue is full: then what comes is dropped without a word.
        while let Ok(connected) = timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
            waiting.push(connected.unwrap());
        }
        Self {
            listener,
            _waiting: waiting,
        }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }
}

/// With the time that a call has by itself: the first host must not use it up.
#[tokio::test]
async fn where_the_first_host_is_silent_the_second_is_asked_in_time() {
    let silent = Silent::start().await;
    let port = cluster::free_port();
    let _cluster = Cluster::start(&format!("listen_addresses = '127.0.0.1'\nport = {port}\n"));
    let url: PostgresUrl = format!(
        "postgres://owner@127.0.0.1:{},127.0.0.1:{port}/postgres?schema=x&sslmode=disable",
        silent.port()
    )
    .parse()
    .unwrap();
    let settings = PostgresSettings::default();
    PostgresStore::look(&url, &settings).await.expect("it is found");
    let store = PostgresStore::open(&url, settings).await.expect("it opens");
    assert_eq!(store.begin(row(1), NOW).await.unwrap(), Begun::Created);
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
}
