//! The provider from outside: what a browser and a relying party get from it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the functions the tests share are tests too"
)]

mod back_channel;
mod browser;
mod code_flow;
mod discovery;
mod end_session;
mod loopback;
mod pages;
mod prompt;
mod refresh;
mod relying_party;
mod revocation;
#[cfg(feature = "script")]
mod script;
