//! A PostgreSQL server of the tests' own, in a temporary folder, gone when the test program ends, however it ends.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use exeunt::config::PostgresUrl;

/// Stops the server and removes its folder when its standard input is closed: by us, or by the system when we are no more.
const WATCH: &str = r#"cat >/dev/null; "$@" >/dev/null 2>&1; rm -rf "$0""#;

/// Fast, and of no use after a power cut.
const SETTINGS: &str = "fsync = off\nfull_page_writes = off\nmax_connections = 400\nshared_buffers = '64MB'\n\
    max_wal_size = '256MB'\nautovacuum = off\nlog_min_messages = fatal\n";

pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Whom the server runs as, if not as ourselves: it refuses to be root.
    user: Option<(u32, u32)>,
    watch: Child,
}

impl Cluster {
    /// The one that tests share which neither stop it nor change its settings.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(""))
    }

    /// One of a test's own, with these settings besides.
    pub(crate) fn start(settings: &str) -> Self {
        Self::start_with(settings, |_| ())
    }

    /// The same, with files of the test's own.
    pub(crate) fn start_with(settings: &str, prepare: impl FnOnce(&Self)) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new()
            .prefix("exeunt-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let is_root = fs::metadata(&folder).unwrap().uid() == 0;
        let user = is_root.then(somebody_else);
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
        }
        let stop = [
            programs.join("pg_ctl").into_os_string(),
            "stop".into(),
            "--mode=immediate".into(),
            "--pgdata".into(),
            folder.join("data").into_os_string(),
        ];
        let stop = command_line(user, stop);
        let watch = Command::new("sh")
            .arg("-c")
            .arg(WATCH)
            .arg(&folder)
            .args(stop)
            // What ends us by a key press must not end it.
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let cluster = Self {
            folder,
            programs,
            user,
            watch,
        };
        let data = cluster.data();
        let data = data.to_str().unwrap();
        cluster.run(
            "initdb",
            &[
                "--pgdata",
                data,
                "--username=owner",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
        );
        let folder = cluster.folder.display();
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(cluster.data().join("postgresql.conf"))
            .unwrap();
        write!(
            file,
            "{SETTINGS}listen_addresses = ''\nunix_socket_directories = '{folder}'\n{settings}"
        )
        .unwrap();
        drop(file);
        prepare(&cluster);
        cluster.begin();
        cluster
    }

    /// Starts it again.
    pub(crate) fn begin(&self) {
        let log = self.folder.join("log");
        self.ctl(&["start", "--wait", "--log", log.to_str().unwrap()]);
    }

    pub(crate) fn stop(&self) {
        self.ctl(&["stop", "--wait", "--mode=fast"]);
    }

    /// As a machine does that loses its power, but for what it had given to its disk.
    pub(crate) fn crash(&self) {
        self.ctl(&["stop", "--wait", "--mode=immediate"]);
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// Makes it take up what `ALTER SYSTEM` or an edited file set.
    pub(crate) fn reload(&self) {
        self.ctl(&["reload"]);
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A file in its folder, readable by nobody else than the server.
    pub(crate) fn give(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        if let Some((user, group)) = self.user {
            std::os::unix::fs::chown(&path, Some(user), Some(group)).unwrap();
        }
        path
    }

    /// An address of a schema that nobody has used.
    pub(crate) fn url(&self) -> PostgresUrl {
        self.address(&fresh_schema()).parse().unwrap()
    }

    pub(crate) fn address(&self, schema: &str) -> String {
        let folder = self.folder.display();
        format!(
            "postgres://owner@/postgres?host={folder}&schema={schema}&application_name={schema}&sslmode=disable"
        )
    }

    /// A connection of a test's own, to look and to stand in the way.
    pub(crate) async fn connect(&self) -> tokio_postgres::Client {
        self.connect_on(5432).await
    }

    /// The same, of a server with another port: its socket is named after it.
    pub(crate) async fn connect_on(&self, port: u16) -> tokio_postgres::Client {
        let mut config = tokio_postgres::Config::new();
        config
            .host_path(&self.folder)
            .user("owner")
            .dbname("postgres")
            .port(port);
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    fn ctl(&self, arguments: &[&str]) {
        let data = self.data();
        let mut all = vec!["--pgdata", data.to_str().unwrap(), "--silent"];
        all.extend(arguments);
        self.run("pg_ctl", &all);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut line = vec![self.programs.join(program).into_os_string()];
        line.extend(arguments.iter().map(Into::into));
        let line = command_line(self.user, line);
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(&line[0])
            .args(&line[1..])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [stdout, stderr].concat();
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(
            status.success(),
            "{program} {arguments:?}: {status}\n{}\n{log}",
            String::from_utf8_lossy(&said)
        );
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// A name that no other test of this program has.
pub(crate) fn fresh_schema() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A port of this machine that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn command_line(
    user: Option<(u32, u32)>,
    line: impl IntoIterator<Item = std::ffi::OsString>,
) -> Vec<std::ffi::OsString> {
    let mut whole = Vec::new();
    if let Some((user, group)) = user {
        whole.push("setpriv".into());
        whole.extend([format!("--reuid={user}"), format!("--regid={group}")].map(Into::into));
        whole.push("--clear-groups".into());
    }
    whole.extend(line);
    whole
}

/// The user that Debian's package makes, else the one that owns nothing.
fn somebody_else() -> (u32, u32) {
    let ask = |what, name| {
        let output = Command::new("id").args([what, name]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let id = |name| Some((ask("-u", name)?, ask("-g", name)?));
    id("postgres").or_else(|| id("nobody")).unwrap_or((65534, 65534))
}

/// Where the server's programs are: they are seldom on the PATH.
fn programs() -> PathBuf {
    let beside = |folder: &str, inner: &str| {
        let mut found: Vec<(u32, PathBuf)> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let version = name.rsplit(['-', '@']).next()?.parse().ok()?;
                Some((version, entry.path().join(inner)))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().rev().map(|(_, path)| path)
    };
    let told = Command::new("pg_config").arg("--bindir").output();
    let told = told.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    beside("/usr/lib/postgresql", "bin")
        .chain(beside("/usr", "bin"))
        .chain(beside("/opt/homebrew/opt", "bin"))
        .chain(told.map(|path| PathBuf::from(path.trim())))
        .find(|path| ["initdb", "postgres", "pg_ctl"].iter().all(|name| is_there(path, name)))
        .expect(
            "the programs initdb, postgres and pg_ctl of PostgreSQL are not on this machine; run `scripts/setup.sh test`, or \
             install PostgreSQL 14 or newer (Debian: apt-get install postgresql)",
        )
}

fn is_there(folder: &Path, program: &str) -> bool {
    folder.join(program).is_file()
}
