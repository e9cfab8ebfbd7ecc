//! What the server costs: loads over HTTP, at stores of up to a million sessions. `make bench` runs it.
//!
//! It starts the release build of the server as a process of its own, on this machine, with a provider in this process, and
//! writes what it measured, with its tables and figures, to `docs/benchmarks`.

mod alone;
mod book;
mod connection;
mod drive;
mod engine;
mod fault;
mod field;
mod figure;
mod instance;
mod measures;
mod people;
mod plan;
mod report;
mod requests;
mod seeding;
mod tables;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand, ValueEnum};
use exeunt_dev_provider::script::ScriptedProvider;

use crate::{
    book::Book,
    fault::Fault,
    field::Field,
    plan::{Part, Plan},
};

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
    store: Vec<Store>,
    /// Only these parts: what stood of the others in the results is lost, so write elsewhere.
    #[arg(long, value_enum, requires = "out")]
    only: Vec<Part>,
    /// Other sizes than those of the plan.
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<u64>,
    /// The server to measure. The memory store is always measured with the relying party alone.
    #[arg(long, default_value = "target/release/server")]
    server: PathBuf,
    /// Measure the relying party alone, without pages and log.
    #[arg(long)]
    alone: bool,
    /// Where the stores are while they are measured.
    #[arg(long, default_value = "target/bench")]
    work: PathBuf,
    /// Where what was measured goes.
    #[arg(long, default_value = "docs/benchmarks")]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What this program starts itself.
    #[command(hide = true)]
    Alone,
}

/// The stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Store {
    Sqlite,
    Memory,
    Postgres,
    Redis,
}

impl Store {
    /// As people call it.
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Memory => "memory",
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
        }
    }
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
    if matches!(arguments.command, Some(Command::Alone)) {
        return alone::run().await;
    }
    let mut plan = if arguments.quick {
        Plan::quick()
    } else {
        Plan::full()
    };
    if !arguments.sizes.is_empty() {
        plan.sizes.clone_from(&arguments.sizes);
    }
    if !arguments.only.is_empty() {
        plan.parts.clone_from(&arguments.only);
    }
    std::fs::create_dir_all(&arguments.work)?;
    let mut book = report::earlier(&arguments.out);
    let stores = if arguments.store.is_empty() {
        Store::value_variants()
    } else {
        arguments.store.as_slice()
    };
    for store in stores {
        book.forget(store.name());
        measure(*store, &arguments, &plan, &mut book).await?;
        report::write(&book, &arguments.out)?;
    }
    Ok(())
}

async fn measure(store: Store, arguments: &Arguments, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let provider = Arc::new(provider().await);
    let program = if arguments.alone || store == Store::Memory {
        None
    } else {
        Some(std::path::absolute(&arguments.server)?)
    };
    let folder = tempfile::tempdir_in(&arguments.work)?;
    let engine = match store {
        Store::Sqlite => engine::sqlite(folder.path())?,
        Store::Memory => engine::memory(),
        Store::Postgres => engine::postgres(folder.path()).await?,
        Store::Redis => engine::redis(folder.path()).await?,
    };
    let mut field = Field::new(store.name(), &engine, provider, program)?;
    measures::all(&mut field, plan, book).await
}

async fn provider() -> ScriptedProvider {
    let provider = ScriptedProvider::start().await;
    provider.set_redirect_uris([format!("{}/auth/callback", requests::HERE)]);
    provider.set_post_logout_redirect_uris([format!("{}/logged-out", requests::HERE)]);
    provider.script().auto_login("ada");
    provider
}
