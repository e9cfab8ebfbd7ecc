//! The platform stand-in from outside: what a browser and an extension get from it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the functions the tests share are tests too"
)]

mod administration;
mod browser;
mod control;
mod extension;
mod faults;
mod gateway;
mod identity;
mod login;
mod logout;
mod loopback;
mod serving;
