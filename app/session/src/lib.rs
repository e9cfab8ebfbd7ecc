//! Leptos components for sessions that really end.

#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;
pub mod wire;
