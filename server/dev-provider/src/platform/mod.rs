//! A stand-in for a platform that owns the session: what its gateway and its single sign-on look like to an extension.
//!
//! On the platforms meant here (App Garden extensions on Kamiwaza are the case at hand) an extension signs nobody in. A
//! gateway in front of it does, and adds to each request who is asking. [`PlatformStandIn`] plays that gateway and the
//! single sign-on behind it, on loopback:
//!
//! - extensions are mounted by path on one origin, or each at a port of its own ([`Place`]);
//! - the gateway knows a browser by [`GATEWAY_COOKIE`], and removes whatever a client says of itself (`x-user-*`,
//!   `x-forwarded-*`, …) before it adds its own;
//! - `POST /api/auth/logout` revokes what that cookie stands for. **The single sign-on session stays**: only a browser that
//!   goes to `GET /api/auth/logout/front-channel` ends that. An extension that leaves the second step out signs nobody out,
//!   because the next `GET /api/auth/login` signs in again without a question;
//! - it misbehaves on demand ([`Fault`]), and says what it was sent ([`RecordedRequest`]).
//!
//! **Never for production**: anyone signs in as anyone.

mod access_token;
mod administration;
mod config;
mod control;
mod cookies;
mod destination;
mod fault;
mod forwarding;
mod gateway;
mod guard;
mod identity;
mod login;
mod logout;
mod pages;
mod recorded;
mod sessions;
mod signature;
mod stand_in;
mod validate;

pub use config::{Admission, Extension, Place, PlatformConfig, PlatformConfigError};
pub use cookies::{GATEWAY_COOKIE, SINGLE_SIGN_ON_COOKIE};
pub use fault::{Fault, Faulty, UnknownFault};
pub use recorded::RecordedRequest;
pub use signature::{SIGNED_STRING, Signature, SignatureError};
pub use stand_in::PlatformStandIn;
