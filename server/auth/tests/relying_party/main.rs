//! The relying party against a scripted provider: every test makes its own app, store, clock and provider.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "tests: what fails here fails the test"
)]

mod support;

mod backchannel;
mod conformance;
mod dialects;
mod events;
mod frontchannel;
mod login;
mod logout;
mod outbox;
mod own_sessions;
mod refresh;
mod session;
mod session_management;
