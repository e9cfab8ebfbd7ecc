//! The Exeunt server: configuration, telemetry, and the wiring of the relying party with the pages.

pub mod config;
mod connections;
pub mod doctor;
pub mod error_pages;
pub mod language;
pub mod metrics;
pub mod operator;
pub mod pages;
pub mod reseal;
pub mod serve;
pub mod stand_in;
pub mod static_files;
pub mod store;
pub mod telemetry;
