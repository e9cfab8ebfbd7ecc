//! A way to the engine on which connections can fall silent, as behind a firewall that has forgotten them.

use std::{net::SocketAddr, sync::Arc};

use exeunt::store::redis::RedisAddress;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
};

#[derive(Debug)]
pub(crate) struct Proxy {
    at: SocketAddr,
    silence: Arc<Notify>,
}

impl Proxy {
    pub(crate) async fn to(engine: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let at = listener.local_addr().expect("it has one");
        let silence = Arc::new(Notify::new());
        let silenced = Arc::clone(&silence);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(pass_on(connection, engine, Arc::clone(&silenced)));
            }
        });
        Self { at, silence }
    }

    /// The connections that there are stay open, and nothing passes any more. Those that come are good.
    pub(crate) fn fall_silent(&self) {
        self.silence.notify_waiters();
    }

    pub(crate) fn address(&self, name: &str) -> RedisAddress {
        format!("redis://{}?name={name}", self.at)
            .parse()
            .expect("an address")
    }
}

async fn pass_on(mut connection: TcpStream, engine: u16, silenced: Arc<Notify>) {
    let Ok(mut engine) = TcpStream::connect(("127.0.0.1", engine)).await else {
        return;
    };
    tokio::select! {
        _ended = tokio::io::copy_bidirectional(&mut connection, &mut engine) => {}
        () = silenced.notified() => std::future::pending().await,
    }
}
