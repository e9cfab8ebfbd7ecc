//! The session: its cookie, its limits, and that a dead one stays dead.

use std::time::Duration;

use exeunt::session::SessionToken;
use exeunt::store::SessionHead;

use super::support::{self, App, Browser};

mod at_rest;
mod clock_jumps;
mod cookie;
mod extend;
mod key_rotation;
mod limits;
mod login_url;
mod presented;
mod races;
mod reads;
mod replay;
mod restart;
mod scheme;
mod sweeping;
mod told;
mod view;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const MILLISECOND: Duration = Duration::from_millis(1);

/// What `GET /api/session` answers when nobody is signed in, to the letter.
const SIGNED_OUT: &str =
    r#"{"detail":{"error":"session_expired","message":"Your session has expired. Please log in again."}}"#;

/// The stored session of this browser, if it is alive.
async fn stored(app: &App, browser: &Browser) -> Option<SessionHead> {
    let (_, value) = browser.session_cookie()?;
    let key = SessionToken::parse(&value).unwrap().key();
    app.store.load(&key, app.now()).await.unwrap()
}
