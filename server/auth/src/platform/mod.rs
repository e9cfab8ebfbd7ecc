//! A platform around the app owns the session: its gateway signs people in and says who they are, and a sign-out is handed on
//! to it.
//!
//! [`Platform`] is the other [`Upstream`](crate::upstream::Upstream) beside [`Exeunt`](crate::Exeunt). It keeps no session and
//! needs no store:
//!
//! - **who is signed in** stands in headers of the gateway ([`identity`]), believed by their [`signature`] or because of who
//!   sent them, and in no other case;
//! - **a sign-out** first makes this app deaf to the sign-on that was used ([`sign_on`], [`signed_out`]), until the same browser takes
//!   that back ([`note`]); then asks the platform, server
//!   to server ([`upstream_logout`]), and then leads the browser to the platform's own page, which alone can end the sign-on
//!   behind it ([`front_channel_url`]);
//! - **what is pending** lies in a sealed cookie ([`pending`]).
//!
//! Extensions written for the platform's own libraries find the routes they know, in the older contract
//! ([`routes_legacy`]) or the newer ([`routes_current`]).

pub mod api_url;
mod audited;
pub mod contract;
pub mod cookies;
mod events;
pub mod forwarded;
pub mod front_channel_url;
mod handle;
pub mod identity;
mod known_by;
mod layer;
mod leave;
mod login;
mod logout;
mod navigation;
pub mod note;
pub mod pending;
mod places;
pub mod receipt;
mod request_id;
mod returned;
mod routes;
pub mod routes_current;
pub mod routes_legacy;
pub mod settings;
pub mod sign_on;
pub mod signature;
pub mod signed_out;
pub mod signed_string;
mod spelling;
mod upstream;
pub mod upstream_logout;
mod view;

pub use contract::Contract;
pub use handle::{Builder, Platform, SetupError};
pub use identity::Identity;
pub use settings::PlatformSettings;
