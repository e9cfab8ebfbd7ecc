//! The engine that the sessions are kept in, and how it fails.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    cluster::Cluster,
    line::{Condition, End, Line},
};

pub(crate) enum Engine {
    Sqlite {
        file: PathBuf,
        _place: tempfile::TempDir,
    },
    Postgres {
        cluster: Box<Cluster>,
        line: Line,
    },
    Redis {
        server: RedisServer,
        line: Line,
    },
    /// Speaks TLS only, with a certificate of `localhost` from an authority of the tests' own.
    RedisTls {
        server: RedisServer,
    },
}

/// Of the tables, and before each key.
const NAME: &str = "exeunt_tests";

impl Engine {
    pub(crate) async fn start(name: &str) -> Self {
        match name {
            "sqlite" => {
                let place = tempfile::tempdir().unwrap();
                Self::Sqlite {
                    file: place.path().join("sessions.db"),
                    _place: place,
                }
            }
            "postgres" => {
                let cluster = Box::new(Cluster::start(""));
                let socket = cluster.data().parent().unwrap().join(".s.PGSQL.5432");
                Self::Postgres {
                    cluster,
                    line: Line::to(End::Unix(socket)).await,
                }
            }
            "redis" => {
                let server = RedisServer::start().await;
                let line = Line::to(End::Tcp(server.port)).await;
                Self::Redis { server, line }
            }
            "redis_tls" => Self::RedisTls {
                server: RedisServer::start_with(true).await,
            },
            other => unreachable!("there is no engine {other:?}: it is sqlite, postgres or redis"),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres { .. } => "postgres",
            Self::Redis { .. } => "redis",
            Self::RedisTls { .. } => "redis_tls",
        }
    }

    /// What `EXEUNT_STORE` says.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Sqlite { file, .. } => format!("sqlite:{}", file.display()),
            Self::Postgres { line, .. } => format!(
                "postgres://owner@{}/postgres?schema={NAME}&sslmode=disable",
                line.address
            ),
            Self::Redis { line, .. } => format!("redis://{}?name={NAME}", line.address),
            Self::RedisTls { server } => format!("rediss://localhost:{}?name={NAME}", server.port),
        }
    }

    /// The file with the authority that its certificate comes from, if it has one.
    pub(crate) fn authority(&self) -> Option<PathBuf> {
        matches!(self, Self::RedisTls { .. }).then(|| certificates().join("authority.pem"))
    }

    /// Cannot be reached from now on; what is under way is cut. Not for a file.
    pub(crate) fn cut_off(&self) {
        self.line().set(Condition::Cut);
    }

    /// Can be reached again.
    pub(crate) fn mend(&self) {
        self.line().set(Condition::Passing);
    }

    fn line(&self) -> &Line {
        match self {
            Self::Sqlite { .. } | Self::RedisTls { .. } => unreachable!("no line leads to it"),
            Self::Postgres { line, .. } | Self::Redis { line, .. } => line,
        }
    }

    /// Nothing passes for so long.
    pub(crate) async fn stall(&self, time: Duration) {
        match self {
            Self::Sqlite { file, .. } => {
                let file = file.clone();
                tokio::task::spawn_blocking(move || lock(&file, time))
                    .await
                    .unwrap();
            }
            Self::Postgres { line, .. } | Self::Redis { line, .. } => {
                line.set(Condition::Stalled);
                tokio::time::sleep(time).await;
                line.set(Condition::Passing);
            }
            Self::RedisTls { .. } => unreachable!("no line leads to it"),
        }
    }

    /// Cannot be reached for so long; what is under way is cut. A file cannot be cut off: it is locked.
    pub(crate) async fn cut(&self, time: Duration) {
        match self {
            Self::Sqlite { .. } => self.stall(time).await,
            Self::Postgres { line, .. } | Self::Redis { line, .. } => {
                line.set(Condition::Cut);
                tokio::time::sleep(time).await;
                line.set(Condition::Passing);
            }
            Self::RedisTls { .. } => unreachable!("no line leads to it"),
        }
    }

    /// Crashes and is started again after so long, with what it had written. A file cannot crash: it is locked.
    pub(crate) async fn crash(&self, time: Duration) {
        match self {
            Self::Sqlite { .. } => self.stall(time).await,
            Self::Postgres { cluster, .. } => {
                tokio::task::block_in_place(|| cluster.crash());
                tokio::time::sleep(time).await;
                tokio::task::block_in_place(|| cluster.begin());
            }
            Self::Redis { server, .. } | Self::RedisTls { server } => {
                server.kill();
                tokio::time::sleep(time).await;
                server.begin().await;
            }
        }
    }

    /// How many rows or keys there are, of whatever kind, save what says that this is a store.
    pub(crate) async fn count(&self) -> Vec<(String, i64)> {
        match self {
            Self::Sqlite { file, .. } => count_rows(file),
            Self::Postgres { cluster, .. } => {
                let client = cluster.connect().await;
                let tables = client
                    .query(
                        "SELECT table_name::text FROM information_schema.tables \
                         WHERE table_schema = $1 AND table_name NOT IN ('exeunt_schema', 'probe')",
                        &[&NAME],
                    )
                    .await
                    .unwrap();
                let mut counted = Vec::new();
                for table in tables {
                    let table: String = table.get(0);
                    let ask = format!("SELECT count(*) FROM {NAME}.{table}");
                    counted.push((table, client.query_one(&ask, &[]).await.unwrap().get(0)));
                }
                counted
            }
            Self::Redis { server, .. } | Self::RedisTls { server } => server.count_keys(),
        }
    }
}

fn lock(file: &std::path::Path, time: Duration) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::sleep(time);
    connection.execute_batch("ROLLBACK").unwrap();
}

fn count_rows(file: &std::path::Path) -> Vec<(String, i64)> {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut names = connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             AND name NOT IN ('probe', 'tally')",
        )
        .unwrap();
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let count = |what: &str, sql: &str| {
        let count = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        (what.to_owned(), count)
    };
    let tallied = count("sessions in the tally", "SELECT sessions FROM tally");
    names
        .iter()
        .map(|name| count(name, &format!("SELECT count(*) FROM {name}")))
        .chain([tallied])
        .collect()
}

/// As the store wants it: what it has answered is on the disk.
pub(crate) struct RedisServer {
    port: u16,
    has_tls: bool,
    place: tempfile::TempDir,
    process: std::sync::Mutex<Child>,
}

/// Of `localhost`, and the authority they come from.
fn certificates() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/auth/tests/store_postgres/tls"
    ))
}

impl RedisServer {
    async fn start() -> Self {
        Self::start_with(false).await
    }

    async fn start_with(has_tls: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let place = tempfile::tempdir().unwrap();
        let process = std::sync::Mutex::new(Self::spawn(port, has_tls, &place));
        let server = Self {
            port,
            has_tls,
            place,
            process,
        };
        server.ready().await;
        server
    }

    fn spawn(port: u16, has_tls: bool, place: &tempfile::TempDir) -> Child {
        let port = port.to_string();
        let mut command = Command::new("redis-server");
        if has_tls {
            let file = |name: &str| certificates().join(name);
            command
                .args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"])
                .arg("--tls-cert-file")
                .arg(file("server.pem"))
                .arg("--tls-key-file")
                .arg(file("server.key"));
        } else {
            command.args(["--port", &port]);
        }
        command
            .args(["--bind", "127.0.0.1"])
            .args(["--appendonly", "yes", "--appendfsync", "always", "--save", ""])
            .current_dir(place.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    async fn begin(&self) {
        *self.process.lock().unwrap() = Self::spawn(self.port, self.has_tls, &self.place);
        self.ready().await;
    }

    async fn ready(&self) {
        let is_ready = || {
            if self.has_tls {
                // What asks here speaks no TLS.
                std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok()
            } else {
                self.ask(&["PING"]).is_ok()
            }
        };
        while !is_ready() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    fn ask(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let client = redis::Client::open(("127.0.0.1", self.port))?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(5))?;
        redis::cmd(words[0]).arg(&words[1..]).query(&mut connection)
    }

    /// A key is gone when the last that it held is.
    fn count_keys(&self) -> Vec<(String, i64)> {
        let redis::Value::Array(keys) = self.ask(&["KEYS", "*"]).unwrap() else {
            unreachable!("KEYS answers a list");
        };
        keys.into_iter()
            .map(|key| redis::from_redis_value::<String>(key).unwrap())
            // What the store is known by, and how many ends there were.
            .filter(|key| !key.ends_with(":probe") && !key.ends_with(":last-place"))
            .map(|key| (key, 1))
            .collect()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
