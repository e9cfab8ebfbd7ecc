//! What pages are shown: the session, and the report of a sign-out.

use http::request::Parts;

use super::{
    Platform,
    layer::{CurrentIdentity, anonymous},
    pending, receipt,
};
use crate::{
    http::RequestId,
    logout::view::LoggedOutView,
    session::{own::SessionList, view::SessionView},
    upstream::Person,
};

/// The session of a request. It has no limit that is known here: a token that nobody verified says nothing about one.
pub(super) fn current(platform: &Platform, parts: &Parts) -> Option<SessionView> {
    let (person, auth_enabled) = match CurrentIdentity::of(&parts.extensions) {
        CurrentIdentity::SignedIn(identity, _) => (identity.person.clone(), true),
        CurrentIdentity::Anonymous => (anonymous(), false),
        CurrentIdentity::Nobody | CurrentIdentity::SignedOut(..) => return None,
    };
    let Person {
        user_id,
        email,
        name,
        roles,
    } = person;
    let request_id = parts
        .extensions
        .get::<RequestId>()
        .filter(|_| auth_enabled)
        .map(|RequestId(id)| id.clone());
    Some(SessionView {
        user_id,
        email,
        name,
        roles,
        request_id,
        auth_enabled,
        session_expires_at: None,
        idle_expires_at: None,
        absolute_expires_at: None,
        now: platform.now().seconds(),
    })
}

/// The sessions of whoever is signed in: the platform has them.
pub(super) fn sessions(platform: &Platform, parts: &Parts) -> Option<SessionList> {
    let current = CurrentIdentity::of(&parts.extensions);
    let has_sessions = matches!(
        current,
        CurrentIdentity::SignedIn(..) | CurrentIdentity::Anonymous
    );
    has_sessions.then(|| SessionList {
        platform: Some(platform.host().to_owned()),
        ..SessionList::default()
    })
}

/// What the page `/logged-out` shows.
pub(super) fn logged_out(platform: &Platform, parts: &Parts) -> LoggedOutView {
    let current = CurrentIdentity::of(&parts.extensions);
    let mut pending = pending::find(platform, &parts.headers);
    if let (Some(pending), Some(_)) = (&mut pending, current.sign_on()) {
        receipt::contradicted(&mut pending.receipt, platform.host());
    }
    LoggedOutView {
        signed_in: matches!(current, CurrentIdentity::SignedIn(..)),
        unfinished: false,
        ended_by_provider: false,
        ran_out: false,
        provider: platform.host().to_owned(),
        provider_tries_left: pending
            .as_ref()
            .filter(|pending| !pending.front_channel_logout_url.is_empty())
            .map_or(0, pending::PendingLogout::tries_left),
        can_probe: false,
        continue_to: pending.as_ref().and_then(|pending| pending.continue_to.clone()),
        receipt: pending.map(|pending| pending.receipt),
    }
}
