//! Live events: every open tab learns within a second that its session has ended (invariant I18).
//!
//! [`PATH`] is a stream of server-sent events about the session of whoever asks, and about nothing else:
//!
//! | event | data | when |
//! |---|---|---|
//! | `ended` | `{"why":"back_channel","at":1800000000}` | the session is over; the stream closes |
//! | `extended` | `{}` | its limits have moved |
//! | `changed` | `{}` | what is shown of the person has changed, and perhaps the limits too |
//!
//! No event says who is signed in; a page that hears one asks the server. Listening never extends a session (invariants I5
//! and I12). An end in this process is told at once ([`hub`]); one in another process is found in the store by [`run`]
//! within half a second; whatever escapes both is found when the stream reads the session again, each 30 s.

mod feed;
mod handler;
mod hub;
mod watching;

use crate::Exeunt;
pub use feed::{INTERVAL, follow_once, run};
pub(crate) use handler::get;
pub(crate) use hub::{End, Hub};

/// The route.
pub const PATH: &str = "/auth/events";

/// Closes all streams, for the end of the server: it would wait for them otherwise. Nothing is claimed of any session, and
/// browsers come back.
pub fn close(exeunt: &Exeunt) {
    exeunt.hub().close();
}
