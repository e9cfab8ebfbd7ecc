//! The server with the memory store, whose sessions no other process can begin: the same listener and the same routes, in a
//! process of its own that begins the sessions itself. For the other stores the release build of the server is asked.

use std::{net::SocketAddr, sync::Arc};

use axum::serve::ListenerExt as _;
use exeunt::{
    Exeunt,
    store::{MemoryStore, Store},
};
use leptos::config::{Env, LeptosOptions};
use serde::{Deserialize, Serialize};
use server::{
    config::{self, Action},
    serve, telemetry,
};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin};

use crate::{
    Fault,
    instance::KEYS,
    people::{People, Whose},
    seeding,
};

/// What is asked for over standard input, a line of JSON each; the answer is a line too.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// The numbers of the sessions to begin.
    pub numbers: std::ops::Range<u64>,
    /// Whose they are.
    pub whose: Whose,
}

/// Serves until it is ended. The first line of standard input says what people look like, each later one is an [`Order`].
///
/// # Errors
///
/// If it cannot.
pub async fn run() -> Result<(), Fault> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let likeness = lines.next_line().await?.unwrap_or_default();
    let people = People::new(serde_json::from_str(&likeness).map_err(Fault::because)?, KEYS)?;
    let config = match config::load(["server".into()], std::env::vars_os()) {
        Ok(Action::Serve(config)) => *config,
        _ => return Err(Fault::new("the settings are not those of a server")),
    };
    telemetry::init(&config.log_filter).map_err(Fault::because)?;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let people = Arc::new(people);
    tokio::spawn(obey(lines, Arc::clone(&store), people));
    let exeunt = Exeunt::builder(config.settings, store).build().map_err(Fault::because)?;
    tokio::spawn(exeunt::background::run(exeunt.clone()));
    let options = LeptosOptions::builder()
        .output_name("exeunt")
        .site_root(config.site_root.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(config.listen)
        .env(Env::PROD)
        .build();
    let listener = tokio::net::TcpListener::bind(config.listen).await?.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let app = serve::app(&exeunt, &options);
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever gave the order waits for it")]
async fn obey(
    mut lines: Lines<BufReader<Stdin>>,
    store: Arc<dyn Store>,
    people: Arc<People>,
) -> Result<(), Fault> {
    while let Some(line) = lines.next_line().await? {
        let order: Order = serde_json::from_str(&line).map_err(Fault::because)?;
        seeding::seed(&store, &people, order.numbers, order.whose).await?;
        println!("done");
    }
    Ok(())
}
