//! Every switch of the scripted provider does what it says.

mod answers;
mod back_channel;
mod connection;
mod control_page;
mod front_channel;
mod hooks;
mod logout;
mod products;
mod refresh;
mod revocation;
mod session_management;
mod sessions;
mod signatures;

use exeunt_dev_provider::script::{ScriptedProvider, ScriptedProviderBuilder};

use crate::browser::Browser;
use crate::relying_party::client;

/// With the relying party of the other tests.
fn builder() -> ScriptedProviderBuilder {
    ScriptedProvider::builder().clients(vec![client()])
}

/// A scripted provider and a browser that calls it without a connection.
async fn scripted() -> (ScriptedProvider, Browser) {
    let provider = builder().start().await;
    let browser = Browser::new(provider.router());
    (provider, browser)
}
