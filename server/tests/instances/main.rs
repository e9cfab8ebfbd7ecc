//! Several processes of the program on one store, and what is left when one is killed in the middle of something.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[allow(dead_code, reason = "shared with the soak, which needs more of it")]
mod fleet;
mod killed;
