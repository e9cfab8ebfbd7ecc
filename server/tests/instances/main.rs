//! Several processes of the program on one store, and what is left when one is killed in the middle of something.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod fleet;
mod killed;
