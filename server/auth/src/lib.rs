//! An OpenID Connect relying party for axum that ends every session layer it can and says which.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use exeunt::{Exeunt, config::Settings, http::router, store::MemoryStore};
//!
//! # async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
//! let exeunt = Exeunt::builder(settings, Arc::new(MemoryStore::new())).build()?;
//! let app = axum::Router::new()
//!     .merge(router::routes(&exeunt))
//!     .merge(router::logout_route(&exeunt));
//! let app = router::protect(&exeunt, app).merge(router::health(&exeunt));
//! // Ends what has expired, revokes the tokens of what has ended, tells open tabs what other processes ended.
//! tokio::spawn(exeunt::background::run(exeunt.clone()));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, app).await?;
//! // What the last requests left to be done, refreshes above all, is not cut off.
//! exeunt.settled().await;
//! # Ok(())
//! # }
//! ```
//!
//! Behind a proxy the address of a request's peer is the proxy's: `axum::serve` with
//! `app.into_make_service_with_connect_info::<SocketAddr>()` and the setting `trusted_proxies` tell the person's
//! ([`http::client_address`]). Below a path prefix see [`http::base_path`].
//!
//! # The rooms
//! - [`config`]: settings that cannot hold a wrong value. [`Settings::new`](config::Settings::new) takes what has no default.
//! - [`http`]: [routes and layers](http::router), cookies, who may change state, headers, pages.
//! - [`session`]: who is signed in. A handler takes [`LiveSession`](session::LiveSession), which answers 401 to everybody
//!   else.
//! - [`store`]: the trait, the stores, and the test suite for a store of your own.
//! - [`login`], [`logout`], [`session_management`], [`provider`]: the protocol, each rule with the section it comes from.
//! - [`upstream`]: who owns the session, the provider or a platform; [`platform`]: a platform that does; [`site`]: what both share.
//! - [`background`]: what goes on beside the requests. [`events`]: what open tabs are told. [`audit`]: who ended what, and why.
//! - [`clock`], [`random`], [`seal`]: time, randomness, encryption.
//!
//! An app with Leptos finds its components, and this crate behind them, in `exeunt-leptos`; its example `own_app` is a whole
//! app to copy.
//!
//! What it does not do: render your pages, keep your users, or talk to more than one provider.

pub mod audit;
pub mod background;
pub mod clock;
pub mod config;
pub mod events;
pub mod http;
pub mod login;
pub mod logout;
pub mod platform;
pub mod provider;
pub mod random;
mod relying_party;
pub mod seal;
pub mod session;
pub mod session_management;
pub mod site;
pub mod store;
pub mod sweep;
mod under_way;
pub mod upstream;

pub use relying_party::{Builder, Exeunt, SetupError};
