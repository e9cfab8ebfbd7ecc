//! Back-channel logout: the provider's own word that a session has ended.

use super::support;

mod faults;
mod floods;
mod keys;
mod mutations;
mod replays;
mod requests;
mod rotation;
mod rows;
mod sessions;
mod steps;
mod sweep;
mod token;
mod verifier;
