//! The server's side on axum: the components of this crate, served, and their questions answered by the crate `exeunt`.
//! Feature `exeunt`, which belongs into the server's build only.
//!
//! A project of `cargo leptos` hands [`context`] to `leptos_routes_with_context` and to its error handler. One without a
//! router of its own in the page takes [`pages`], which needs no more:
//! ```no_run
//! use std::sync::Arc;
//!
//! use axum::routing::get;
//! use exeunt::{
//!     Exeunt,
//!     config::Settings,
//!     session::LiveSession,
//!     store::{SqliteStore, sqlite::SqliteSettings},
//! };
//!
//! # async fn app(shell: fn() -> &'static str) -> Result<axum::Router, Box<dyn std::error::Error>> {
//! let settings = Settings::from_variables(|name| std::env::var(name).ok())?;
//! let store = SqliteStore::open("sessions.sqlite", SqliteSettings::default())?;
//! let exeunt = Exeunt::builder(settings, Arc::new(store)).build()?;
//! tokio::spawn(exeunt::background::run(exeunt.clone()));
//! let app = exeunt_leptos::relying_party::pages(&exeunt, ["/", "/logged-out"], shell)
//!     .route("/private", get(|session: LiveSession| async move { session.head.sub.clone() }))
//!     .merge(exeunt::http::router::routes(&exeunt));
//! let app = exeunt::http::router::protect(&exeunt, app);
//! # Ok(app)
//! # }
//! ```
//! The example `own_app` of this crate is a whole app.

mod backend;
mod context;
mod pages;

pub use self::{backend::Backend, context::context, pages::pages};
