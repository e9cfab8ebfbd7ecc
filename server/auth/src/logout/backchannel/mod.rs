//! Back-channel logout: the provider itself tells us, server to server, that a person's session has ended.
//!
//! [OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html). What arrives is
//! judged by its logout token alone, by a pure function ([`verify_logout_token`]); no cookie, no `Origin` and no address
//! counts.

mod claims;
pub mod endpoint;
mod error;
mod header;
mod json;
mod request;
mod signature;
mod token;

pub use error::LogoutTokenError;
pub use request::{BODY_LIMIT, BODY_TIMEOUT, RequestError, find_logout_token};
pub use token::{Expected, VerifiedLogoutToken, verify_logout_token};
