//! The example as a process.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use exeunt_dev_provider::script::ScriptedProvider;

use crate::PUBLIC_URL;

/// 32 bytes that are not all the same.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// The process. It ends with the test, however that ends.
pub(crate) struct OwnApp {
    process: Child,
    pub(crate) origin: String,
}

impl Drop for OwnApp {
    fn drop(&mut self) {
        // Fails only if it has ended already.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl OwnApp {
    /// Starts it on a port that the system chooses, and waits until it listens.
    pub(crate) async fn start(provider: &ScriptedProvider) -> Self {
        let mut command = Command::new(program());
        command.env_clear().stdout(Stdio::piped()).envs([
            ("EXEUNT_PUBLIC_URL", PUBLIC_URL),
            ("EXEUNT_ISSUER", &provider.issuer()),
            ("EXEUNT_CLIENT_ID", &provider.client_id()),
            ("EXEUNT_CLIENT_SECRET", &provider.client_secret()),
            ("EXEUNT_KEYS", KEY),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ]);
        let mut process = command.spawn().unwrap();
        let output = process.stdout.take().unwrap();
        let mut app = Self {
            process,
            origin: String::new(),
        };
        let line = tokio::task::spawn_blocking(move || BufReader::new(output).lines().next())
            .await
            .unwrap();
        let line = line
            .unwrap_or_else(|| panic!("it ended before it listened"))
            .unwrap();
        let address = line.strip_prefix("listening on ").unwrap();
        app.origin = format!("http://{address}");
        app
    }
}

/// Cargo builds the examples of a package for its tests, into a folder beside theirs; not where it is told which test or target
/// to run.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().with_file_name("examples");
    let program = folder.join(format!("own_app{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "the example is not built: run cargo test without the name of a test, or cargo build --example own_app"
    );
    program
}
