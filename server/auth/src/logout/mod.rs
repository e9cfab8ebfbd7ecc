//! Signing out: the local end first, always; then the provider; then a receipt that tells what was ended.

pub mod body;
pub mod end;
pub mod handler;
pub mod leave;
mod local;
pub mod pending;
pub mod plan;
pub mod receipt;
pub mod returned;
pub mod rp_initiated;
pub mod unfinished;
pub mod view;

pub use end::{LogoutOutcome, end_session};
