//! The line between the program and the engine of its store: it can be cut, stalled and refused.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

/// What becomes of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Passing,
    /// Everything stays open and nothing passes; it passes afterwards.
    Stalled,
    /// Every connection is cut, and each new one too.
    Cut,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    condition: watch::Sender<Condition>,
}

/// Where the engine listens.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Tcp(u16),
    Unix(std::path::PathBuf),
}

impl Line {
    pub(crate) async fn to(end: End) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (condition, now) = watch::channel(Condition::Passing);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(carry(connection, end.clone(), now.clone()));
            }
        });
        Self { address, condition }
    }

    pub(crate) fn set(&self, condition: Condition) {
        self.condition.send_replace(condition);
    }
}

async fn carry(program: TcpStream, end: End, now: watch::Receiver<Condition>) {
    let _ = program.set_nodelay(true);
    let (from_program, to_program) = program.into_split();
    match end {
        End::Tcp(port) => {
            if let Ok(engine) = TcpStream::connect(("127.0.0.1", port)).await {
                let _ = engine.set_nodelay(true);
                let (from_engine, to_engine) = engine.into_split();
                both(from_program, to_engine, from_engine, to_program, now).await;
            }
        }
        End::Unix(path) => {
            if let Ok(engine) = UnixStream::connect(path).await {
                let (from_engine, to_engine) = engine.into_split();
                both(from_program, to_engine, from_engine, to_program, now).await;
            }
        }
    }
}

async fn both(
    from_program: impl AsyncRead + Unpin,
    to_engine: impl AsyncWrite + Unpin,
    from_engine: impl AsyncRead + Unpin,
    to_program: impl AsyncWrite + Unpin,
    now: watch::Receiver<Condition>,
) {
    let mut cut = now.clone();
    tokio::select! {
        () = pump(from_program, to_engine, now.clone()) => {}
        () = pump(from_engine, to_program, now) => {}
        _ = cut.wait_for(|now| *now == Condition::Cut) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut now: watch::Receiver<Condition>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if now.wait_for(|now| *now != Condition::Stalled).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
