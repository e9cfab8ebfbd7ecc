//! Signing in: the authorization request, the attempt that binds its answer to this browser, and the callback.

pub mod admission;
pub mod attempt;
mod beginning;
pub mod callback;
pub mod error;
pub(crate) mod in_flight;
mod proof;
mod recheck;
pub mod response;
pub mod start;
mod unused;
