//! [Front-Channel Logout 1.0](https://openid.net/specs/openid-connect-frontchannel-1_0.html): the provider's page loads
//! `GET /auth/frontchannel-logout?iss&sid` in a frame, and the session that it names ends.
//!
//! Issuer and session id alone decide, to the letter. A cookie is never looked at: a frame on another site gets none, and
//! where it would get one, any page could sign people out by a link. So a request without them does nothing, whatever
//! `frontchannel_logout_session_required` the provider was told. Whoever knows a person's `sid` can sign that person out;
//! the specification accepts that ([section 5](https://openid.net/specs/openid-connect-frontchannel-1_0.html#Security)).
//!
//! The answer is the same empty page whether a session ended or not: it claims nothing, and nobody learns by it which
//! sessions there are. Only a fault of our own has another status, and then nothing was ended.

mod framing;
mod handler;
mod request;

pub use handler::{PATH, get, refuse_method};
pub use request::{FrontChannelError, LogoutRequest, validate_request};
