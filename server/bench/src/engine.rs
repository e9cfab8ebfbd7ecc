//! The engines behind the stores, started for the run from Debian's packages, and gone with it: durable, with what a careful
//! operator would set, on this machine.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use exeunt::{
    config::PostgresUrl,
    store::{
        PostgresStore, RedisStore, SqliteStore, Store,
        postgres::PostgresSettings,
        redis::{RedisAddress, RedisSettings},
        sqlite::SqliteSettings,
    },
};

use crate::{Fault, instance::free_address};

/// Longer than any start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the server when its own input ends: when this program does, however that happens.
const KEEPER: &str =
    r#"trap '' INT; "$@" </dev/null >/dev/null 2>&1 & server=$!; read -r _; kill -INT "$server"; wait"#;

/// Durable as PostgreSQL is by itself; a memory that fits a small machine.
const POSTGRES: &str = "listen_addresses = ''\nmax_connections = 100\nshared_buffers = '512MB'\n\
    max_wal_size = '4GB'\nlog_min_messages = fatal\n";

/// An engine that runs, and the store on it.
pub(crate) struct Engine {
    /// The store, for who begins sessions beside the server; none where only the server can.
    pub(crate) store: Option<Arc<dyn Store>>,
    /// The setting of the server.
    pub(crate) setting: String,
    /// Where its bytes are to be counted.
    pub(crate) space: Space,
    keeper: Option<Child>,
}

/// Where an engine keeps sessions, for who wants to know what they take.
#[derive(Clone, Debug)]
pub(crate) enum Space {
    /// In this file or folder.
    Path(PathBuf),
    /// In the memory of the Redis at this port.
    Redis(String),
    /// In the memory of the server itself.
    Server,
}

impl Space {
    /// How many bytes it takes now; none if that is a question for the server itself.
    ///
    /// # Errors
    ///
    /// If it does not tell.
    pub(crate) fn bytes(&self) -> Result<Option<u64>, Fault> {
        match self {
            Self::Path(path) => size(path).map(Some),
            Self::Redis(port) => {
                let told = Command::new("redis-cli")
                    .args(["-p", port, "info", "memory"])
                    .output()?;
                let told = String::from_utf8_lossy(&told.stdout);
                let bytes = told.lines().find_map(|line| {
                    line.strip_prefix("used_memory_dataset:")?
                        .trim()
                        .parse::<u64>()
                        .ok()
                });
                bytes
                    .map(Some)
                    .ok_or_else(|| Fault::new("Redis does not tell what it takes"))
            }
            Self::Server => Ok(None),
        }
    }
}

/// Of a file, or of all files below a folder.
fn size(path: &Path) -> Result<u64, Fault> {
    let about = fs::metadata(path)?;
    if about.is_file() {
        return Ok(about.len());
    }
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        // What PostgreSQL removes meanwhile takes no space.
        bytes += size(&entry?.path()).unwrap_or(0);
    }
    Ok(bytes)
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.store = None;
        if let Some(keeper) = &mut self.keeper {
            drop(keeper.stdin.take());
            // It has ended, or ends by itself.
            let _ = keeper.wait();
        }
    }
}

/// A file.
///
/// # Errors
///
/// If the store cannot be opened.
pub(crate) fn sqlite(folder: &Path) -> Result<Engine, Fault> {
    let file = std::path::absolute(folder.join("sessions.db"))?;
    let store = SqliteStore::open(&file, SqliteSettings::default()).map_err(Fault::because)?;
    Ok(Engine {
        store: Some(Arc::new(store)),
        setting: format!("sqlite:{}", file.display()),
        space: Space::Path(file),
        keeper: None,
    })
}

/// The memory of the server.
pub(crate) fn memory() -> Engine {
    Engine {
        store: None,
        setting: "memory:".to_owned(),
        space: Space::Server,
        keeper: None,
    }
}

/// A PostgreSQL of our own, over a socket in this folder.
///
/// # Errors
///
/// If it is not installed, or does not start.
pub(crate) async fn postgres(folder: &Path) -> Result<Engine, Fault> {
    let programs = programs()?;
    let folder = fs::canonicalize(folder)?;
    let data = folder.join("data");
    let is_root = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&folder)?) == 0;
    if is_root {
        // It refuses to run as root.
        let changed = Command::new("chown").arg("postgres").arg(&folder).status()?;
        if !changed.success() {
            return Err(Fault::new("the folder cannot be given to the user postgres"));
        }
    }
    let initialised = as_user(is_root, &programs.join("initdb"))
        .args([
            "--username=owner",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--pgdata",
        ])
        .arg(&data)
        .stdout(Stdio::null())
        .status()?;
    if !initialised.success() {
        return Err(Fault::new("PostgreSQL cannot make its folder"));
    }
    let mut settings = fs::OpenOptions::new()
        .append(true)
        .open(data.join("postgresql.conf"))?;
    writeln!(
        settings,
        "{POSTGRES}unix_socket_directories = '{}'",
        folder.display()
    )?;
    let mut server = as_user(is_root, &programs.join("postgres"));
    server.arg("-D").arg(&data);
    let keeper = keep(&server)?;
    let setting = format!(
        "postgres://owner@/postgres?host={}&sslmode=disable",
        folder.display()
    );
    let url: PostgresUrl = setting.parse().map_err(Fault::because)?;
    let begun = Instant::now();
    let store = loop {
        match PostgresStore::open(&url, PostgresSettings::default()).await {
            Ok(store) => break store,
            Err(error) if begun.elapsed() > PATIENCE => return Err(Fault::because(error)),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    Ok(Engine {
        store: Some(Arc::new(store)),
        setting,
        // Without the log of changes, which is as long as its settings let it be.
        space: Space::Path(data.join("base")),
        keeper: Some(keeper),
    })
}

/// A Redis of our own that keeps what it was told before it answers.
///
/// # Errors
///
/// If it is not installed, or does not start.
pub(crate) async fn redis(folder: &Path) -> Result<Engine, Fault> {
    let port = free_address()?.port().to_string();
    let mut server = Command::new("redis-server");
    server
        .args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--dir"])
        .arg(fs::canonicalize(folder)?)
        .args(["--appendonly", "yes", "--appendfsync", "always"])
        .args(["--maxmemory-policy", "noeviction"]);
    let keeper = keep(&server)?;
    let setting = format!("redis://127.0.0.1:{port}");
    let address: RedisAddress = setting.parse().map_err(Fault::because)?;
    let begun = Instant::now();
    let store = loop {
        match RedisStore::open(&address, RedisSettings::default()).await {
            Ok(store) => break store,
            Err(error) if begun.elapsed() > PATIENCE => return Err(Fault::because(error)),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    Ok(Engine {
        store: Some(Arc::new(store)),
        setting,
        space: Space::Redis(port),
        keeper: Some(keeper),
    })
}

fn keep(server: &Command) -> Result<Child, Fault> {
    let keeper = Command::new("sh")
        .args(["-c", KEEPER, "sh"])
        .arg(server.get_program())
        .args(server.get_args())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(keeper)
}

fn as_user(is_root: bool, program: &Path) -> Command {
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(program);
    command
}

/// Debian keeps them where no PATH leads, the newest in the folder of the greatest number.
fn programs() -> Result<PathBuf, Fault> {
    let folders = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = folders
        .filter_map(|folder| Some((folder.file_name().to_str()?.parse::<u32>().ok()?, folder.path())))
        .max();
    newest
        .map(|(_, folder)| folder.join("bin"))
        .ok_or_else(|| Fault::new("PostgreSQL is not installed; run `scripts/setup.sh test`"))
}
