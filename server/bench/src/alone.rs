//! The relying party alone, without pages and log: the routes of the crate `exeunt` behind the listener that the server has, in a
//! process of its own. It can begin sessions itself, which no other process can do in the memory store.

use std::{net::SocketAddr, sync::Arc};

use axum::serve::ListenerExt as _;
use exeunt::{
    Exeunt,
    config::{Settings, StoreChoice},
    http::router,
    store::{
        MemoryStore, PostgresStore, RedisStore, SqliteStore, Store, postgres::PostgresSettings,
        redis::RedisSettings, sqlite::SqliteSettings,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{
    Fault,
    instance::KEYS,
    people::{People, Whose},
    seeding,
};

/// What is asked for over standard input, a line of JSON each; the answer is a line too.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The numbers of the sessions to begin.
    pub(crate) numbers: std::ops::Range<u64>,
    /// Whose they are.
    pub(crate) whose: Whose,
}

/// Serves until it is ended. The first line of standard input says what people look like, each later one is an [`Order`].
///
/// # Errors
///
/// If it cannot.
pub(crate) async fn run() -> Result<(), Fault> {
    let mut lines = lines_of_input();
    let likeness = lines.recv().await.unwrap_or_default();
    let people = People::new(serde_json::from_str(&likeness).map_err(Fault::because)?, KEYS)?;
    let settings = Settings::from_variables(|name| variable(name).ok()).map_err(Fault::because)?;
    let store = open(&variable("EXEUNT_STORE")?).await?;
    tokio::spawn(obey(lines, Arc::clone(&store), Arc::new(people)));
    let exeunt = Exeunt::builder(settings, store).build().map_err(Fault::because)?;
    tokio::spawn(exeunt::background::run(exeunt.clone()));
    let routes = router::routes(&exeunt).merge(router::logout_route(&exeunt));
    let app = router::protect(&exeunt, routes).merge(router::health(&exeunt));
    let listener = tokio::net::TcpListener::bind(variable("LEPTOS_SITE_ADDR")?)
        .await?
        .tap_io(|connection| {
            let _ = connection.set_nodelay(true);
        });
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(told_to_stop())
        .await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "what the bench started gets its settings as the server does"
)]
fn variable(name: &str) -> Result<String, Fault> {
    std::env::var(name).map_err(|_| Fault::new(format!("{name} is not set")))
}

async fn open(setting: &str) -> Result<Arc<dyn Store>, Fault> {
    Ok(match setting.parse::<StoreChoice>().map_err(Fault::because)? {
        StoreChoice::Memory => Arc::new(MemoryStore::new()),
        StoreChoice::Sqlite(path) => {
            Arc::new(SqliteStore::open(path, SqliteSettings::default()).map_err(Fault::because)?)
        }
        StoreChoice::Postgres(url) => Arc::new(
            PostgresStore::open(&url, PostgresSettings::default())
                .await
                .map_err(Fault::because)?,
        ),
        StoreChoice::Redis(address) => Arc::new(
            RedisStore::open(&address, RedisSettings::default())
                .await
                .map_err(Fault::because)?,
        ),
    })
}

async fn told_to_stop() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// A thread waits for them: there is no other way to wait for standard input.
fn lines_of_input() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || {
        let read = std::io::stdin().lines().map_while(Result::ok);
        read.map(|line| sender.send(line))
            .take_while(Result::is_ok)
            .for_each(drop);
    });
    lines
}

#[expect(clippy::print_stdout, reason = "whoever gave the order waits for it")]
async fn obey(
    mut lines: UnboundedReceiver<String>,
    store: Arc<dyn Store>,
    people: Arc<People>,
) -> Result<(), Fault> {
    while let Some(line) = lines.recv().await {
        let order: Order = serde_json::from_str(&line).map_err(Fault::because)?;
        seeding::seed(&store, &people, order.numbers, order.whose).await?;
        println!("done");
    }
    Ok(())
}
