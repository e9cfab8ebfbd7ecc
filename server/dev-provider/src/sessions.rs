//! Sessions ended by an administrator: from the provider's side, as it happens when somebody leaves the company.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use crate::back_channel::{BackChannelLogout, notify_as};
use crate::front_channel;
use crate::pages::{self, ErrorPage};
use crate::parameters::Sent;
use crate::provider::Provider;
use crate::redirect::see_other;
use crate::same_origin::is_same_origin;
use crate::session_state;
use crate::sso_session::{self, SsoSession};

/// The page that lists the sessions.
pub(crate) const SESSIONS: &str = "/sessions";
/// Where its buttons lead.
pub(crate) const END: &str = "/sessions/end";

/// How long "later" is.
const LATER: Duration = Duration::from_secs(5);

/// How applications are told that a session was ended here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Telling {
    back_channel: BackChannelLogout,
    by_frames: bool,
}

impl Telling {
    /// As the form says it. One that says nothing leaves it to the settings, with frames besides.
    fn of(told: Option<&str>, settings: BackChannelLogout) -> Self {
        let (back_channel, by_frames) = match told {
            Some("later") => (BackChannelLogout::Delayed(LATER), false),
            Some("frames") => (BackChannelLogout::Off, true),
            Some("nobody") => (BackChannelLogout::Off, false),
            _ => (settings, true),
        };
        Self {
            back_channel,
            by_frames,
        }
    }
}

/// All live sessions, the latest first.
pub(crate) async fn list(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let now = provider.now();
    let here = provider.session(&headers).map(|session| session.sid);
    let mut sessions: Vec<SsoSession> = provider.records().sessions.values(now).cloned().collect();
    sessions.sort_unstable_by(|a, b| (b.auth_time, &a.sid).cmp(&(a.auth_time, &b.sid)));
    pages::sessions(&provider, &sessions, here.as_deref(), now)
}

/// Ends the session with this `sid`, or all of this `sub`, and tells their relying parties: those of this browser's
/// session through frames too.
pub(crate) async fn end(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ErrorPage> {
    if !is_same_origin(&headers) {
        return Err(ErrorPage::forbidden(
            "This form was not sent from a page of the provider.",
        ));
    }
    let (sent, now) = (sent?, provider.now());
    let (sid, sub) = (sent.get("sid"), sent.get("sub"));
    let telling = Telling::of(sent.get("told"), provider.back_channel_logout);
    let here = provider.session(&headers).map(|session| session.sid);
    let cookies = provider.records().sessions.keys(now, |session| {
        Some(&*session.sid) == sid || Some(&*session.sub) == sub
    });
    let mut was_here = false;
    let mut frames = Vec::new();
    for cookie in cookies {
        let Some(ended) = provider.end_session(&cookie) else {
            continue;
        };
        notify_as(&provider, &ended, telling.back_channel).await;
        if here.as_ref() == Some(&ended.sid) {
            was_here = true;
            if telling.by_frames {
                frames = front_channel::frames(&provider, &ended);
            }
        }
    }
    let back = provider.issuer.path(SESSIONS);
    let mut response = if frames.is_empty() {
        see_other(&back)
    } else {
        pages::signing_out(&frames, &back)
    };
    if was_here {
        sso_session::remove_cookie(response.headers_mut());
        session_state::remove_cookie(response.headers_mut());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_how_applications_are_told() {
        let settings = BackChannelLogout::Synchronous;
        for (told, back_channel, by_frames) in [
            (None, settings, true),
            (Some("now"), settings, true),
            (Some("later"), BackChannelLogout::Delayed(LATER), false),
            (Some("frames"), BackChannelLogout::Off, true),
            (Some("nobody"), BackChannelLogout::Off, false),
        ] {
            let expected = Telling {
                back_channel,
                by_frames,
            };
            assert_eq!(Telling::of(told, settings), expected, "{told:?}");
        }
    }
}
