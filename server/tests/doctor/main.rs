//! `server doctor` against a scripted provider: each fault once, and what a person and a program read of it.
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
mod endpoints;
mod output;
mod practice;
mod products;
mod sign_out;
