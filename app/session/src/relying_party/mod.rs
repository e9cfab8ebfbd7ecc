//! The server's side on axum: the components of this crate, served, and their questions answered by the crate `exeunt`.
//! Feature `exeunt`, which belongs into the server's build only.
//!
//! A project of `cargo leptos` hands [`context`] to `leptos_routes_with_context` and to its error handler. One without a
//! router of its own in the page takes [`pages`], which needs no more:
//! ```no_run
//! use exeunt::{Exeunt, http::router};
//! use exeunt_leptos::relying_party::pages;
//! use leptos::prelude::*;
//!
//! # fn app(exeunt: &Exeunt, shell: fn() -> &'static str) -> axum::Router {
//! let app = pages(exeunt, ["/", "/logged-out"], shell).merge(router::routes(exeunt));
//! router::protect(exeunt, app)
//! # }
//! ```
//! The example `own_app` of this crate is a whole app.

mod backend;
mod context;
mod pages;

pub use self::{backend::Backend, context::context, pages::pages};
