//! The scripted provider of the fault tests: the development provider on a port of its own, which does everything
//! right until its [`Script`] says otherwise.
//!
//! ```no_run
//! use exeunt_dev_provider::script::{Answer, Endpoint, ScriptedProvider, Signing};
//!
//! # async fn test() {
//! let provider = ScriptedProvider::start().await;
//! provider.set_redirect_uris(["http://127.0.0.1:4000/auth/callback"]);
//! provider.set_post_logout_redirect_uris(["http://127.0.0.1:4000/logged-out"]);
//!
//! let script = provider.script();
//! script.auto_login("ada");
//! script.change_id_token_claims(|claims| {
//!     claims.remove("nonce");
//! });
//! script.sign_with(Signing::StrangerRsa);
//! script.answer_next(Endpoint::Token, Answer::status(503));
//! // … drive the relying party, then:
//! assert_eq!(script.count(Endpoint::Userinfo), 0);
//! # }
//! ```

mod answer;
mod back_channel;
mod conduct;
mod connection;
mod endpoint;
mod handle;
mod interception;
mod key_pool;
mod products;
mod recorded;
mod refresh;
mod revocations;
mod scripted_provider;
mod sessions;
mod signing;
mod state;

pub use answer::Answer;
pub use back_channel::{BackChannel, BackChannelDelivery, Deliver, InProcess};
pub use endpoint::Endpoint;
pub use handle::Script;
pub use products::Product;
pub use recorded::Recorded;
pub use scripted_provider::{ScriptedProvider, ScriptedProviderBuilder};
pub use signing::Signing;

/// A JSON object, as hooks change it.
pub type Object = serde_json::Map<String, serde_json::Value>;
