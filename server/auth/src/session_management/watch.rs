//! What a page needs to watch the provider's session, and whether it may.

use http::Extensions;
use serde::{Deserialize, Serialize};

use super::SilentChecks;
use crate::{
    Exeunt,
    provider::metadata::Metadata,
    session::{CurrentSession, LiveSession},
};

/// The longest `session_state` that is kept, in bytes. A salted hash is under 200.
const LONGEST_STATE: usize = 512;

/// What is kept of the provider's session, in the sealed record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// `session_state` of the authorization response.
    /// [Section 2](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions)
    pub session_state: String,
    /// When the provider was asked silently.
    #[serde(default)]
    pub checks: SilentChecks,
}

impl Watched {
    /// What a login makes of its `session_state`; `None` where nothing is watched. A value that the specification forbids
    /// (with a space, or empty) is none. `former`: of the session that goes on, whose silent checks count on.
    pub(crate) fn begin(exeunt: &Exeunt, session_state: Option<&str>, former: Option<&Self>) -> Option<Self> {
        let frame_is_there = frame(exeunt).is_some();
        let session_state = session_state.filter(|state| frame_is_there && is_session_state(state))?;
        Some(Self {
            session_state: session_state.to_owned(),
            checks: former.map_or_else(SilentChecks::default, |former| former.checks.clone()),
        })
    }
}

/// Visible ASCII without spaces: what can stand in a message after the client id.
fn is_session_state(value: &str) -> bool {
    (1..=LONGEST_STATE).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a page is told, for the person who is signed in and nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionWatch {
    /// The address of the provider's frame.
    pub frame: String,
    /// Its origin: the only one that is spoken to and listened to, and that the page's policy lets into a frame.
    pub origin: String,
    /// What the frame is asked.
    /// [Section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe)
    pub message: String,
    /// Names the session, so that a page that is behind asks for nothing.
    pub session: String,
}

/// What a page may watch for the session of this request: `None` where the setting is off, nobody is signed in, the
/// provider offers no frame, or the silent checks are used up.
#[must_use]
pub fn session_watch(exeunt: &Exeunt, extensions: &Extensions) -> Option<SessionWatch> {
    let CurrentSession::Live(session) = extensions.get::<CurrentSession>()? else {
        return None;
    };
    let watched = active(exeunt, session)?;
    let metadata = frame(exeunt)?;
    let frame = metadata.check_session_iframe.as_ref()?;
    let client_id = exeunt.settings().provider.client_id.as_str();
    Some(SessionWatch {
        frame: frame.to_string(),
        origin: frame.origin().ascii_serialization(),
        message: format!("{client_id} {}", watched.session_state),
        session: session.head.public_id.clone(),
    })
}

/// What is watched of a session, while it still is.
pub(super) fn active<'a>(exeunt: &Exeunt, session: &'a LiveSession) -> Option<&'a Watched> {
    let watched = session.identity.watched.as_ref()?;
    let on = exeunt.settings().logout.session_management && !watched.checks.are_exhausted();
    on.then_some(watched)
}

/// The provider's metadata, if the setting is on and they name a frame.
fn frame(exeunt: &Exeunt) -> Option<std::sync::Arc<Metadata>> {
    if !exeunt.settings().logout.session_management {
        return None;
    }
    exeunt
        .provider()
        .known_metadata()
        .filter(|metadata| metadata.check_session_iframe.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a4_1_a_session_state_holds_no_space() {
        for good in ["a.b", "6f1c.salt", "~!*'()_-"] {
            assert!(is_session_state(good), "{good}");
        }
        for bad in ["", "a b", " a", "a\n", "é"] {
            assert!(!is_session_state(bad), "{bad:?}");
        }
        assert!(is_session_state(&"a".repeat(LONGEST_STATE)));
        assert!(!is_session_state(&"a".repeat(LONGEST_STATE + 1)));
    }
}
