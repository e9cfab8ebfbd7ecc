//! The relying-party modules of the OpenID conformance suite, each under its own name with underscores for the dashes:
//! `suite` is the provider as the suite plays it, every file with tests is one of its plans.
//!
//! The plans are those of <https://gitlab.com/openid/conformance-suite>, package `net.openid.conformance.openid.client`.

use super::support;

mod back_channel_logout;
mod basic;
mod config;
mod frames;
mod front_channel_logout;
mod refresh;
mod rp_initiated_logout;
mod session_management;
mod sign_out;
mod suite;
mod third_party_initiated_login;
