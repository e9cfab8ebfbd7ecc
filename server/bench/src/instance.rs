//! The server under load: a process of its own, the release build, with the settings of a real one.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use exeunt_dev_provider::script::ScriptedProvider;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{Fault, connection::Connection, requests};

/// The keys of the server, and of nobody who matters.
pub(crate) const KEYS: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

/// Longer than any start.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server that runs, until it is dropped.
#[derive(Debug)]
pub(crate) struct Instance {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start until it was ready.
    pub(crate) ready_after: Duration,
}

/// What the server is told.
#[must_use]
pub(crate) fn variables(
    provider: &ScriptedProvider,
    store: &str,
    address: SocketAddr,
) -> Vec<(String, String)> {
    [
        ("EXEUNT_PUBLIC_URL", requests::HERE.to_owned()),
        ("EXEUNT_ISSUER", provider.issuer()),
        ("EXEUNT_CLIENT_ID", provider.client_id()),
        ("EXEUNT_CLIENT_SECRET", provider.client_secret()),
        ("EXEUNT_KEYS", KEYS.to_owned()),
        ("EXEUNT_STORE", store.to_owned()),
        // No session is to end by itself while it is measured.
        ("EXEUNT_IDLE_TIMEOUT", "12h".to_owned()),
        ("LEPTOS_SITE_ADDR", address.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Free a moment ago; nobody else on this interface is given it so soon.
///
/// # Errors
///
/// If there is none.
pub(crate) fn free_address() -> Result<SocketAddr, Fault> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Instance {
    /// Starts this command with the settings, and waits until it is ready. Its log goes where logs go that nobody reads.
    ///
    /// # Errors
    ///
    /// If it does not become ready.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&str],
        first_line: Option<&str>,
        variables: Vec<(String, String)>,
        address: SocketAddr,
    ) -> Result<Self, Fault> {
        let site = program
            .parent()
            .and_then(Path::parent)
            .map(|target| target.join("site"));
        let begun = Instant::now();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(variables)
            .env("LEPTOS_SITE_ROOT", site.unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let mut input = child.stdin.take();
        if let (Some(input), Some(line)) = (&mut input, first_line) {
            input.write_all(format!("{line}\n").as_bytes()).await?;
        }
        let output = child.stdout.take().map(|output| BufReader::new(output).lines());
        let mut instance = Self {
            child,
            input,
            output,
            address,
            ready_after: Duration::ZERO,
        };
        while !instance.is_ready().await {
            if let Some(status) = instance.child.try_wait()? {
                return Err(Fault::new(format!("the server ended at its start: {status}")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(Fault::new("the server does not become ready"));
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        instance.ready_after = begun.elapsed();
        Ok(instance)
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address).await else {
            return false;
        };
        let request = b"GET /readyz HTTP/1.1\r\nhost: localhost:3000\r\n\r\n";
        matches!(connection.ask(request).await, Ok(200))
    }

    /// Gives it an order over its standard input, and waits until it is done.
    ///
    /// # Errors
    ///
    /// If it does not obey.
    pub(crate) async fn order(&mut self, order: &str) -> Result<(), Fault> {
        if let (Some(input), Some(output)) = (&mut self.input, &mut self.output) {
            input.write_all(format!("{order}\n").as_bytes()).await?;
            if output.next_line().await?.is_some() {
                return Ok(());
            }
        }
        Err(Fault::new("the server takes no order"))
    }

    /// Its resident memory that belongs to no file, in bytes.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub(crate) fn memory(&self) -> Result<u64, Fault> {
        let process = self
            .child
            .id()
            .ok_or_else(|| Fault::new("the server has ended"))?;
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let kibibytes = status.lines().find_map(|line| {
            line.strip_prefix("RssAnon:")?
                .trim()
                .strip_suffix(" kB")?
                .trim()
                .parse::<u64>()
                .ok()
        });
        kibibytes
            .map(|kibibytes| kibibytes * 1024)
            .ok_or_else(|| Fault::new("the system does not tell how much memory a process has"))
    }

    /// Ends it as an operator does, so that it closes its store.
    ///
    /// # Errors
    ///
    /// If it does not end.
    pub(crate) async fn stop(mut self) -> Result<(), Fault> {
        if let Some(process) = self.child.id() {
            let _ = Command::new("kill")
                .arg("-TERM")
                .arg(process.to_string())
                .status()
                .await?;
        }
        if tokio::time::timeout(PATIENCE, self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}
