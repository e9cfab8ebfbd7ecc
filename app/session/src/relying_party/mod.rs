//! The server's side on axum: the components of this crate, served, and their questions answered by the crate `exeunt`.
//! Feature `exeunt`, which belongs into the server's build only.
//!
//! # An app of one page
//! [`serve`] serves it whole. The example `own_app` of this crate is one.
//!
//! # With routes and data of its own
//! An app that is more takes the parts of it; [`pages`] are its documents:
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
//! let store = SqliteStore::open("sessions.sqlite", SqliteSettings::default())?;
//! let exeunt = Exeunt::builder(Settings::from_environment()?, Arc::new(store)).build()?;
//! tokio::spawn(exeunt::background::run(exeunt.clone()));
//! let app = exeunt_leptos::relying_party::pages(&exeunt, ["/", "/logged-out"], shell)
//!     .route("/private", get(|session: LiveSession| async move { session.head.sub.clone() }))
//!     .merge(exeunt::http::router::routes(&exeunt));
//! let app = exeunt::http::router::protect(&exeunt, app);
//! # Ok(app)
//! # }
//! ```
//!
//! # With scripts
//! The components stay as they are; open pages then show by themselves when their session ends elsewhere. Make it a project of
//! `cargo leptos`. What both sides render goes into a library with the features
//! `hydrate = ["leptos/hydrate", "exeunt-leptos/hydrate"]` and `ssr = ["leptos/ssr", "exeunt-leptos/exeunt"]`; its document has
//! the scripts and the [`Base`](crate::Base), which the browser looks for before it hydrates:
//! ```no_run
//! # use axum::Router;
//! # use exeunt::Exeunt;
//! use exeunt_leptos::Base;
//! use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};
//! use tower_http::services::ServeDir;
//!
//! # #[component]
//! # fn App() -> impl IntoView {}
//! fn shell(options: LeptosOptions) -> impl IntoView {
//!     let base = Base::current();
//!     view! {
//!         <!DOCTYPE html>
//!         <html lang="en" data-base=base.as_str().to_owned()>
//!             <head>
//!                 <title>"My app"</title>
//!                 <HydrationScripts options root=base.as_str()/>
//!             </head>
//!             <body><App/></body>
//!         </html>
//!     }
//! }
//!
//! /// The entry of the program in the browser; there with `#[wasm_bindgen]`.
//! pub fn hydrate() {
//!     Base::of_document().point_server_functions();
//!     # #[cfg(feature = "hydrate")]
//!     leptos::mount::hydrate_body(App);
//! }
//!
//! # fn serve(exeunt: &Exeunt) -> Result<Router, Box<dyn std::error::Error>> {
//! let options = leptos::config::get_configuration(None)?.leptos_options;
//! let files = ServeDir::new(format!("{}/{}", options.site_root, options.site_pkg_dir));
//! let document = move || shell(options.clone());
//! let app = exeunt_leptos::relying_party::pages(exeunt, ["/", "/logged-out"], document)
//!     .merge(exeunt::http::router::routes(exeunt));
//! // What the build left belongs to nobody: it stands outside of what is protected.
//! let app = exeunt::http::router::protect(exeunt, app).nest_service("/pkg", files);
//! # Ok(app)
//! # }
//! ```
//! An app with a `Router` in its page hands [`context`] to `leptos_routes_with_context` and to its error handler instead.

mod backend;
mod context;
mod pages;
mod serve;

pub use self::{
    backend::Backend,
    context::context,
    pages::pages,
    serve::{ServeError, serve},
};
