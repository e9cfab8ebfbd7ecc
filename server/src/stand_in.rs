//! `server stand-in`: plays the platform in front of an app that runs in platform mode.

use std::{io, net::SocketAddr};

use exeunt_dev_provider::{
    ServeError, demo_users,
    platform::{Place, PlatformConfigError, PlatformStandIn},
};
use tokio::net::TcpListener;

use crate::{config::StandIn, serve::stop_signal};

/// Why the stand-in could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandInError {
    /// The runtime did not start.
    #[error("the runtime could not be started")]
    Runtime(#[source] io::Error),
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}; choose another with --listen or --control, or end the program that holds it"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// What it was told does not fit together.
    #[error(transparent)]
    Config(#[from] PlatformConfigError),
    /// A listener failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Plays the platform until the process is told to stop.
///
/// # Errors
///
/// If an address is taken, or what it was told does not fit together.
pub fn run(given: StandIn) -> Result<(), StandInError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StandInError::Runtime)?
        .block_on(serve(given))
}

async fn serve(given: StandIn) -> Result<(), StandInError> {
    let told = told(&given);
    let stand_in = PlatformStandIn::new(given.platform)?;
    let listener = listen(given.listen).await?;
    let control = match given.control {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    announce(&told);
    Ok(stand_in.serve(listener, control, stop_signal()).await?)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StandInError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| StandInError::Listen { address, error })
}

/// Where to go, for the person at the terminal.
fn told(given: &StandIn) -> String {
    let mut text = format!("The platform stand-in is at {}\n", given.platform.origin);
    for extension in &given.platform.extensions {
        let address = match &extension.place {
            Place::Path(path) => format!("{}{path}/", given.platform.origin),
            Place::Port(port) => format!("http://localhost:{port}/"),
        };
        text.push_str(&format!("Open {address}\n"));
    }
    text.push_str("Demo users (pick one at the platform, there are no passwords):\n");
    for user in demo_users() {
        text.push_str(&format!("  {}\n", user.name));
    }
    text
}

#[expect(
    clippy::print_stdout,
    reason = "for the person at the terminal, not for the log"
)]
fn announce(told: &str) {
    println!("\n{told}");
}
