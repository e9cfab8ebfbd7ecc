//! Platform mode: what clients of the platform's contract send and read, against a platform that answers as it is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "tests: what fails here fails the test"
)]

mod support;

mod asking;
mod audited;
mod auth_off;
mod contract_current;
mod contract_legacy;
mod events;
mod faults;
mod forwarding;
mod gateway;
mod leaving;
mod neighbours;
mod signed_out;
mod signing_in_again;
mod tls;
mod weaknesses;
