//! Signing out: the local end first, always; then the provider; then a receipt that tells what was ended.

pub mod backchannel;
pub mod body;
pub mod end;
pub mod ending;
pub mod frontchannel;
pub mod handler;
pub mod leave;
pub(crate) mod leftover;
mod local;
pub mod others;
pub mod outbox;
pub mod pending;
pub mod plan;
pub mod probe;
mod reason;
pub mod receipt;
mod remnant;
pub mod returned;
pub mod rp_initiated;
pub mod token_lines;
pub mod unfinished;
pub mod view;
pub(crate) mod watched;

pub use end::{LogoutOutcome, end_session};
pub use ending::{Ended, Ending};
pub use reason::Reason;
pub use remnant::Remnant;
