//! Real servers, started for the tests on free loopback ports and in temporary folders.
//!
//! Each is the child of a shell that waits for the end of its input, which this process holds open: however a test program
//! ends, the shell then ends the server and removes its folder. `TEST_REDIS_SERVER` names another program than
//! `redis-server`, for example `valkey-server`.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Read as _},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use exeunt::store::{
    Farewell, MarkRule, Queue, RedisStore, Selector, StoreError, Take,
    redis::{EngineFault, OpenError, RedisAddress, RedisSettings},
    suite::fixture::{IDLE, NOW},
};
use redis::{Client, Connection, FromRedisValue, RedisResult};

/// How long anything may take that is waited for.
const DEADLINE: Duration = Duration::from_secs(30);

/// Starts the server, and ends it when nobody holds the input any more.
const KEEPER: &str = r#"
trap '' INT TERM HUP
folder=$1
shift
cd "$folder" || exit 1
"$@" </dev/null >>log 2>&1 &
server=$!
echo "$server"
exec 1>&-
read -r last
kill -KILL "$server" 2>/dev/null
wait
[ "$last" = keep ] || rm -rf "$folder"
"#;

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) port: u16,
    folder: PathBuf,
    keeper: Child,
    process: String,
}

/// Durable, as the store wants it, and quick to answer.
pub(crate) const DURABLE: [&str; 6] = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

impl Engine {
    /// A server with these options beside those of every one.
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("exeunt-redis-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        Self::start_in(folder, options)
    }

    pub(crate) fn durable() -> Self {
        Self::start(&DURABLE)
    }

    /// Another program may take the port first: then the next is tried.
    fn start_in(folder: PathBuf, options: &[&str]) -> Self {
        for _ in 0..5 {
            if let Some(engine) = Self::try_on(free_port(), &folder, options) {
                return engine;
            }
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("no server could be started:\n{log}");
    }

    fn try_on(port: u16, folder: &Path, options: &[&str]) -> Option<Self> {
        let program = program();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(folder)
            .arg(&program)
            .args([
                "--bind",
                "127.0.0.1",
                "--port",
                &port.to_string(),
                "--daemonize",
                "no",
            ])
            .args([
                "--auto-aof-rewrite-percentage",
                "0",
                "--enable-debug-command",
                "local",
            ])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut process = String::new();
        keeper
            .stdout
            .take()
            .expect("it is piped")
            .read_to_string(&mut process)
            .expect("the number of the process");
        let process = process.trim().to_owned();
        let engine = Self {
            port,
            folder: folder.to_owned(),
            keeper,
            process,
        };
        let started = Instant::now();
        while started.elapsed() < DEADLINE {
            match engine.try_ask::<String>(&["PING"]) {
                Ok(_) => return Some(engine),
                // It has one and refuses to tell more without it.
                Err(error) if error.kind() == redis::ErrorKind::AuthenticationFailed => return Some(engine),
                Err(error) if error.code() == Some("NOAUTH") => return Some(engine),
                Err(_) if !engine.runs() => {
                    engine.end(true);
                    return None;
                }
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
        panic!("a server does not answer");
    }

    fn runs(&self) -> bool {
        signal("-0", &self.process)
    }

    /// Ends it at once, as a crash would, and gives where its data are.
    pub(crate) fn crash(self) -> Crashed {
        let crashed = Crashed {
            port: self.port,
            folder: Some(self.folder.clone()),
        };
        self.end(true);
        crashed
    }

    fn end(mut self, keep: bool) {
        if keep && let Some(mut input) = self.keeper.stdin.take() {
            let _ = io::Write::write_all(&mut input, b"keep\n");
        }
    }

    /// Stops it where it stands; it goes on when the answer is dropped.
    pub(crate) fn stopped(&self) -> Stopped<'_> {
        assert!(signal("-STOP", &self.process), "the server is there");
        Stopped(self)
    }

    pub(crate) fn connection(&self) -> RedisResult<Connection> {
        Client::open(("127.0.0.1", self.port))?.get_connection_with_timeout(Duration::from_secs(5))
    }

    pub(crate) fn try_ask<T: FromRedisValue>(&self, words: &[&str]) -> RedisResult<T> {
        let mut connection = self.connection()?;
        redis::cmd(words[0]).arg(&words[1..]).query(&mut connection)
    }

    /// What it answers to the operator.
    pub(crate) fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_ask(words).expect("an answer")
    }

    /// The address of a store of this name.
    pub(crate) fn address(&self, name: &str) -> RedisAddress {
        format!("redis://127.0.0.1:{}?name={name}", self.port)
            .parse()
            .expect("an address")
    }

    pub(crate) async fn open(&self, name: &str) -> RedisStore {
        open(&self.address(name)).await
    }

    pub(crate) async fn refusal(&self, name: &str) -> OpenError {
        RedisStore::open(&self.address(name), RedisSettings::default())
            .await
            .expect_err("the store must not open")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Where a server has crashed.
pub(crate) struct Crashed {
    port: u16,
    folder: Option<PathBuf>,
}

impl Crashed {
    /// Starts again with what lies there.
    pub(crate) fn again(mut self, options: &[&str]) -> Engine {
        // From now on the folder goes with the server.
        let folder = self.folder.take().expect("it is there until now");
        Engine::try_on(self.port, &folder, options).expect("the server starts again")
    }
}

impl Drop for Crashed {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A server that does not go on.
pub(crate) struct Stopped<'a>(&'a Engine);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        signal("-CONT", &self.0.process);
    }
}

fn signal(which: &str, process: &str) -> bool {
    Command::new("kill")
        .args([which, process])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn program() -> OsString {
    let program = env::var_os("TEST_REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
    let found = Command::new(&program)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    assert!(
        found.is_ok_and(|status| status.success()),
        "these tests need redis-server on PATH: run `scripts/setup.sh test`, or install it (Debian: apt-get install \
         redis-server), or name one in TEST_REDIS_SERVER"
    );
    program
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

pub(crate) async fn open(address: &RedisAddress) -> RedisStore {
    RedisStore::open(address, RedisSettings::default())
        .await
        .expect("the store opens")
}

/// A name that no other test has.
pub(crate) fn fresh_name() -> String {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    format!("test-{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

/// Until it is so, or the time is over.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "still not: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Until it is so, or the time is over.
pub(crate) async fn wait_for(what: &str, is_so: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < DEADLINE, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What the engine was at fault with.
pub(crate) fn fault(error: &StoreError) -> Option<&EngineFault> {
    match error {
        StoreError::Backend(fault) => fault.downcast_ref(),
        _ => None,
    }
}

/// An end with all that belongs to one.
pub(crate) fn ending(selector: Selector) -> Take {
    Take::new(selector, MarkRule::Sid)
        .queueing(Queue {
            reason: "of the test".into(),
            due_at: NOW,
        })
        .noting(Farewell {
            reason: "of the test".into(),
            kept_until: NOW + IDLE,
        })
}
