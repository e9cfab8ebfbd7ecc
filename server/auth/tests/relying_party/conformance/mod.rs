//! The relying-party modules of the OpenID conformance suite, each under its own name with underscores for the dashes:
//! `suite` is the provider as the suite plays it, every other file one of its plans.
//!
//! The plans are those of <https://gitlab.com/openid/conformance-suite>, package `net.openid.conformance.openid.client`.

use super::support;

mod basic;
mod config;
mod suite;
mod third_party_initiated_login;
