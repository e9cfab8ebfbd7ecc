//! The silent check: `GET /auth/login?prompt=none&recheck=…`, a navigation of the whole page. In a frame the callback would
//! get no cookies, ours being `SameSite=Lax`.

use axum::response::Response;
use http::HeaderMap;

use super::watch::active;
use crate::{
    Exeunt,
    http::return_to::ReturnTo,
    login::{
        attempt::{self, Attempt},
        error::CallbackError,
        start::see_other,
    },
    provider::code::{self, AuthorizationRequest},
    session::{
        LiveSession,
        layer::find_session,
        record::{self, Column},
    },
    store::Change,
};

/// Asks the provider whether the person of this session is still signed in there: 303 to it, or back to the page where
/// there is nothing to ask. `session` is the public id of the session that the page watched; another tab may have been
/// faster.
///
/// The ID token does not go along: no answer of ours holds a token but the one that leaves to sign out. So the provider
/// answers about whoever is signed in, and the callback compares.
///
/// It begins only for a session that is alive: after a sign-out no login starts by itself (invariant I19).
pub(crate) async fn start(
    exeunt: &Exeunt,
    session: &str,
    return_to: ReturnTo,
    headers: &HeaderMap,
) -> Result<Response, CallbackError> {
    let url = exeunt.public_url();
    let logged_out = || see_other(&url.rooted("/logged-out")).ok_or(CallbackError::Malformed);
    let back = || see_other(&url.rooted(return_to.as_str())).ok_or(CallbackError::Malformed);
    let Some(live) = find_session(exeunt, headers).await? else {
        return logged_out();
    };
    if live.head.public_id != session || active(exeunt, &live).is_none() {
        return back();
    }
    if !note(exeunt, &live).await? {
        return logged_out();
    }
    let Ok(metadata) = exeunt.provider().metadata().await else {
        return back();
    };
    let issuer = exeunt.settings().provider.issuer.as_str();
    let attempt = Attempt::start(exeunt.random(), issuer, return_to.clone(), None, exeunt.now())?
        .rechecking(live.head.public_id.clone());
    let request = AuthorizationRequest {
        redirect_uri: &exeunt.redirect_uri(),
        state: &attempt.state(),
        nonce: &attempt.nonce,
        code_challenge: &attempt.code_challenge(),
        prompt: Some("none"),
        login_hint: None,
        ui_locales: None,
    };
    let location = code::authorization_url(&metadata, &exeunt.settings().provider, &request);
    let mut response = see_other(location.as_str()).ok_or(CallbackError::Malformed)?;
    attempt::remember(exeunt, headers, response.headers_mut(), &attempt)?;
    Ok(response)
}

/// Notes the check in the record before it begins, so that one that never comes back counts too. False if the session
/// ended meanwhile.
async fn note(exeunt: &Exeunt, live: &LiveSession) -> Result<bool, CallbackError> {
    let now = exeunt.now();
    let mut identity = (*live.identity).clone();
    if let Some(watched) = &mut identity.watched {
        watched.checks = watched.checks.with(now);
    }
    let key = &live.head.key;
    let sealed = record::seal_column(
        exeunt.keyring(),
        key,
        Column::Identity,
        &identity,
        exeunt.random(),
    )?;
    let change = Change {
        identity: Some(sealed),
        ..Change::default()
    };
    Ok(exeunt.store().update(key, change, now).await?)
}
