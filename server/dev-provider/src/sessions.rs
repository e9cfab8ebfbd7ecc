//! Sessions ended by an administrator: from the provider's side, as it happens when somebody leaves the company.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use crate::back_channel::notify;
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
        notify(&provider, &ended).await;
        if here.as_ref() == Some(&ended.sid) {
            was_here = true;
            frames = front_channel::frames(&provider, &ended);
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
