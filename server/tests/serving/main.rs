//! The whole HTTP surface of the server, pages and server functions included, against a scripted provider.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "tests: what fails here fails the test"
)]

#[cfg(unix)]
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../auth/tests/store_postgres/cluster.rs"]
mod cluster;
mod events;
mod files;
mod frontchannel;
mod languages;
mod logout_function;
mod operator;
mod operator_process;
mod pages;
mod platform;
mod prefix;
mod site;
