//! What the server costs: loads over HTTP, at stores of up to a million sessions. `make bench` runs it.
//!
//! It starts the release build of the server as a process of its own, on this machine, with a provider in this process, and
//! writes what it measured, with its tables and figures, to `docs/benchmarks`.

mod book;
mod connection;
mod drive;
mod fault;
mod field;
mod instance;
mod measures;
mod memory_server;
mod people;
mod plan;
mod requests;
mod seeding;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand, ValueEnum};
use exeunt::store::{SqliteStore, sqlite::SqliteSettings};
use exeunt_dev_provider::script::ScriptedProvider;

use crate::{book::Book, fault::Fault, field::Field, plan::Plan};

/// Measures what the server costs.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only what takes minutes.
    #[arg(long)]
    quick: bool,
    /// Only these stores.
    #[arg(long, value_enum)]
    store: Vec<Engine>,
    /// Other sizes than those of the plan.
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<u64>,
    /// The server to measure.
    #[arg(long, default_value = "target/release/server")]
    server: PathBuf,
    /// Where what was measured goes.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What this program starts itself.
    #[command(hide = true)]
    ServeMemory,
}

/// The stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Memory,
}

#[expect(clippy::print_stderr, reason = "a person is waiting")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Fault::from)
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Fault> {
    if matches!(arguments.command, Some(Command::ServeMemory)) {
        return memory_server::run().await;
    }
    let mut plan = if arguments.quick { Plan::quick() } else { Plan::full() };
    if !arguments.sizes.is_empty() {
        plan.sizes.clone_from(&arguments.sizes);
    }
    std::fs::create_dir_all(&arguments.out)?;
    let mut book = Book::default();
    let engines = if arguments.store.is_empty() {
        Engine::value_variants()
    } else {
        &arguments.store
    };
    for engine in engines {
        measure(*engine, &arguments, &plan, &mut book).await?;
        let text = serde_json::to_string_pretty(&book).map_err(Fault::because)?;
        std::fs::write(arguments.out.join("results.json"), text + "\n")?;
    }
    Ok(())
}

async fn measure(engine: Engine, arguments: &Arguments, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let provider = Arc::new(provider().await);
    let folder = tempfile::tempdir_in(&arguments.out)?;
    let program = std::path::absolute(&arguments.server)?;
    let mut field = match engine {
        Engine::Sqlite => {
            let file = std::path::absolute(folder.path().join("sessions.db"))?;
            let store = SqliteStore::open(&file, SqliteSettings::default()).map_err(Fault::because)?;
            let setting = format!("sqlite:{}", file.display());
            Field::new("SQLite", setting, Some(Arc::new(store)), provider, program)?
        }
        Engine::Memory => Field::new("memory", "memory:".to_owned(), None, provider, program)?,
    };
    measures::all(&mut field, plan, book).await
}

async fn provider() -> ScriptedProvider {
    let provider = ScriptedProvider::start().await;
    provider.set_redirect_uris([format!("{}/auth/callback", requests::HERE)]);
    provider.set_post_logout_redirect_uris([format!("{}/logged-out", requests::HERE)]);
    provider.script().auto_login("ada");
    provider
}
