//! An OpenID Provider for development and tests. **Never for production**: whoever reaches it signs in as
//! anyone, by a click and without a password. It therefore answers on loopback only.
//!
//! - [`DevProvider`] is the provider a first run of the application signs in with: discovery, keys, the
//!   authorization code flow with PKCE, refresh tokens with rotation, userinfo, revocation, RP-initiated,
//!   back-channel and front-channel logout, and session management. Its page `/sessions` ends
//!   sessions as an administrator would, so that one sees the application react.
//! - [`platform`] plays a platform that owns the session, for extensions that sign nobody in themselves.
//! - With the feature `script`, `script::ScriptedProvider` is the same provider on a port of
//!   its own, and misbehaves on demand: the provider of the fault tests.
//!
//! It follows [OpenID Connect Core 1.0](https://openid.net/specs/openid-connect-core-1_0.html),
//! [OpenID Connect Discovery 1.0](https://openid.net/specs/openid-connect-discovery-1_0.html),
//! [OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html),
//! [OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html),
//! [OpenID Connect Front-Channel Logout 1.0](https://openid.net/specs/openid-connect-frontchannel-1_0.html),
//! [OpenID Connect Session Management 1.0](https://openid.net/specs/openid-connect-session-1_0.html),
//! [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636), [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009) and
//! [RFC 9207](https://www.rfc-editor.org/rfc/rfc9207).
//!
//! ```no_run
//! use exeunt_dev_provider::{Client, DevProvider, DevProviderConfig};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let config = DevProviderConfig::new(
//!     "http://127.0.0.1:3010",
//!     vec![
//!         Client::new("example-app", Some("example-secret"))
//!             .redirect_uri("http://localhost:3000/auth/callback")
//!             .post_logout_redirect_uri("http://localhost:3000/logged-out"),
//!     ],
//! );
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3010").await?;
//! DevProvider::new(config)?.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod authorization_request;
mod authorization_response;
mod authorize;
mod back_channel;
mod check_session;
mod client;
mod client_authentication;
mod conduct;
mod config;
mod delivery;
mod discovery;
mod end_session;
mod endpoints;
mod expiring;
mod front_channel;
mod id_token;
mod id_token_hint;
mod issuer;
mod keys;
mod logout_request;
mod logout_token;
mod loopback;
mod oauth_error;
mod pages;
mod parameters;
pub mod platform;
mod provider;
mod random;
mod records;
mod redirect;
mod revocation;
mod same_origin;
mod session_state;
mod sessions;
mod sso_session;
mod token;
mod userinfo;

#[cfg(feature = "script")]
pub mod script;

pub use back_channel::BackChannelLogout;
pub use client::Client;
pub use config::{Clock, ConfigError, DevProviderConfig, Lifetimes, User, demo_users};
pub use provider::{DevProvider, ServeError};
pub use session_state::STATE_COOKIE;
pub use sso_session::SSO_COOKIE;
