//! Signing in.

use super::support;

mod admission;
mod answers;
mod cookies;
mod discovery;
mod id_token;
mod in_flight;
mod journey;
mod request;
mod secrets;
mod sessions;
mod signatures;
mod state;
mod steps;
mod token_endpoint;
mod unused;
mod userinfo;
