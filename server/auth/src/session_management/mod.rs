//! OpenID Connect Session Management 1.0: a page watches, through a frame of the provider, whether the browser's session
//! there changed, and then asks the provider with `prompt=none` who is signed in now.
//! [Session Management 1.0](https://openid.net/specs/openid-connect-session-1_0.html)
//!
//! It is opt-in (`EXEUNT_SESSION_MANAGEMENT`), and the first mechanism to fail: a browser that keeps cookies from frames of
//! other sites makes the frame say "changed" for ever. So what the page says is never believed. It only makes the
//! server ask the provider, at most a few times ([`SilentChecks`]); what ends a session is the provider's answer.

mod finding;
mod go_on;
mod silent_checks;
mod start;
mod watch;

pub(crate) use finding::Finding;
pub(crate) use go_on::go_on;
pub use silent_checks::{MOST, SilentChecks, WINDOW};
pub(crate) use start::start;
pub use watch::{SessionWatch, Watched, session_watch};
