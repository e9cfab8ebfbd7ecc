//! Back-channel logout: the provider's own word that a session has ended.

mod keys;
mod mutations;
mod rows;
mod token;
mod verifier;
