//! The layer that carries the session through a request.
//!
//! Before the handler: the cookie is read, the session is looked up (one indexed read), and, if the request is one that
//! keeps the session awake, its idle limit moves. After it: what the app stored is written, and a cookie that is good for
//! nothing any more is removed. It never creates a session and never answers 5xx because one has ended.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use tower_sessions_core::Session;

use super::{
    Carried, CurrentSession, LiveSession, SessionRejection, SessionToken,
    app_data::AppData,
    liveness,
    record::{self, Column, Identity},
    resealing,
};
use crate::{
    Exeunt,
    audit::Caller,
    http::{
        cookies::{self, Presented},
        prefetch::is_prefetch,
    },
    logout::{backchannel, frontchannel, leftover},
    store::{SessionHead, StoreError},
};

/// The idle limit is written at most this often.
pub const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// Looks up the session of these headers. Never extends it.
///
/// # Errors
///
/// If the store does not answer.
pub async fn find_session(exeunt: &Exeunt, headers: &HeaderMap) -> Result<Option<LiveSession>, StoreError> {
    find(exeunt, presented_token(exeunt, headers)).await
}

async fn find(exeunt: &Exeunt, token: Option<SessionToken>) -> Result<Option<LiveSession>, StoreError> {
    let Some(token) = token else {
        return Ok(None);
    };
    let Some(head) = exeunt.store().load(&token.key(), exeunt.now()).await? else {
        return Ok(None);
    };
    match record::open_column::<Identity>(exeunt.keyring(), &head.key, Column::Identity, &head.identity) {
        Ok(identity) => Ok(Some(LiveSession {
            head: Arc::new(head),
            identity: Arc::new(identity),
        })),
        Err(error) => {
            // A key that left the ring ends what it alone could read.
            tracing::warn!(target: "exeunt::session", key = ?head.key, %error, "a session cannot be opened");
            Ok(None)
        }
    }
}

/// The token in the session cookie, if there is exactly one that we could have issued.
#[must_use]
pub fn presented_token(exeunt: &Exeunt, headers: &HeaderMap) -> Option<SessionToken> {
    token_in(&exeunt.cookies().read(headers, &exeunt.cookies().session()))
}

fn token_in(presented: &Presented) -> Option<SessionToken> {
    match presented {
        Presented::One(value) => SessionToken::parse(value),
        Presented::None | Presented::Several => None,
    }
}

/// The layer itself, around what is inside it.
pub(crate) async fn carry_session<F>(
    exeunt: &Exeunt,
    mut request: Request,
    inside: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    // Who asks there is the provider, itself or in a frame: no cookie counts, and none is touched.
    if [backchannel::endpoint::PATH, frontchannel::PATH].contains(&request.uri().path()) {
        return inside(request).await;
    }
    let name = exeunt.cookies().session();
    let presented = exeunt.cookies().read(request.headers(), &name);
    let mut current = match find(exeunt, token_in(&presented)).await {
        Ok(Some(session)) => CurrentSession::Live(session),
        Ok(None) => CurrentSession::None,
        Err(error) => {
            tracing::error!(target: "exeunt::session", %error, "the session could not be read");
            CurrentSession::Unknown
        }
    };
    if let CurrentSession::Live(session) = &current
        && keeps_awake(request.method(), request.headers(), request.uri().path())
    {
        liveness::check_in_background(exeunt, session, Caller::of(request.extensions()));
        match touch(exeunt, session).await {
            Ok(touched) => current = touched,
            // It is alive as read a moment ago; only its extension failed.
            Err(error) => {
                tracing::error!(target: "exeunt::session", %error, "the session could not be extended");
            }
        }
    }
    let key = current.live().map(|session| session.head.key);
    let data = Arc::new(AppData::new(exeunt.clone(), key));
    let session = Session::new(key.map(|_| AppData::ID), Arc::clone(&data), None);
    request.extensions_mut().insert(session.clone());
    request.extensions_mut().insert(Carried {
        exeunt: exeunt.clone(),
        data: Arc::clone(&data),
    });
    request.extensions_mut().insert(current.clone());

    let is_by_script = is_by_script(request.headers());

    let mut response = inside(request).await;

    if key.is_some()
        && session.is_modified()
        && session.id().is_some()
        && let Err(error) = session.save().await
    {
        tracing::error!(target: "exeunt::session", %error, "the app's session data could not be written");
        // Its handler said "done"; it was not.
        response = SessionRejection::Unknown.into_response();
    }
    // A dead cookie that a sign-out can still learn the provider's address by is kept for that, whatever asks in between.
    let is_dead =
        data.found_dead() || (matches!(current, CurrentSession::None) && presented != Presented::None);
    if is_dead
        && !cookies::is_set_by(response.headers(), &name)
        && leftover::is_spent(exeunt, presented.clone().one()).await
        && !(is_by_script && leftover::was_replaced(exeunt, presented.one()).await)
    {
        let removal = exeunt.cookies().remove(&name);
        cookies::append(response.headers_mut(), removal);
    }
    response
}

/// Moves the idle limit, at most once in [`TOUCH_INTERVAL`].
///
/// # Errors
///
/// If the store does not answer: the session is as it was read, or as it should have become.
pub(crate) async fn touch(exeunt: &Exeunt, session: &LiveSession) -> Result<CurrentSession, StoreError> {
    let now = exeunt.now();
    if now.since(session.head.last_used_at) < TOUCH_INTERVAL {
        return Ok(CurrentSession::Live(session.clone()));
    }
    let idle_expires_at = (now + exeunt.limits().idle()).min(session.head.absolute_expires_at);
    let alive = exeunt
        .store()
        .touch(&session.head.key, idle_expires_at, now)
        .await?;
    if !alive {
        return Ok(CurrentSession::None);
    }
    exeunt.hub().look(&session.head.key);
    resealing::reseal_in_background(exeunt, session);
    Ok(CurrentSession::Live(LiveSession {
        head: Arc::new(SessionHead {
            last_used_at: now,
            idle_expires_at,
            ..(*session.head).clone()
        }),
        identity: Arc::clone(&session.identity),
    }))
}

/// Whether a script of a page asks, as browsers say it. Its answer may come after that to a sign-in in another tab, which replaced
/// the session that it asks about: a removal would then take the new cookie. The next page that a person opens removes the old
/// one, if it is still there.
fn is_by_script(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-mode")
        .is_some_and(|mode| mode != "navigate")
}

/// What extends the idle time (invariant I5): a person opening a page (not a prefetch), and the app's own acting
/// requests. Polling, events, images and fetches do not; `extend` does so itself, and logout has no use for it.
fn keeps_awake(method: &Method, headers: &HeaderMap, path: &str) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match *method {
        // What these answer is read by scripts, also where a person opens one as a page.
        Method::GET if path.starts_with("/api/") || path.starts_with("/auth/") => false,
        Method::GET => {
            let document = match header("sec-fetch-mode") {
                Some(mode) => {
                    mode == "navigate" && header("sec-fetch-dest").is_none_or(|dest| dest == "document")
                }
                // Browsers without these headers say what they want to show.
                None => header(header::ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html")),
            };
            document && !is_prefetch(headers)
        }
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE => {
            path.starts_with("/api/") && !path.starts_with("/api/auth/")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn awake(method: Method, path: &str, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        keeps_awake(&method, &headers, path)
    }

    #[test]
    fn i5_only_opened_pages_and_acting_requests_keep_a_session_awake() {
        assert!(awake(
            Method::GET,
            "/",
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
        ));
        assert!(awake(Method::GET, "/", &[("accept", "text/html,*/*")]));
        assert!(awake(Method::POST, "/api/notes", &[]));
        assert!(!awake(
            Method::GET,
            "/api/session",
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
        ));
        assert!(!awake(Method::GET, "/auth/login", &[("accept", "text/html")]));
        for asleep in [
            &[
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
                ("sec-purpose", "prefetch"),
            ][..],
            &[
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
                ("purpose", "prefetch"),
            ],
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
            &[("sec-fetch-mode", "cors"), ("accept", "text/html")],
            &[("accept", "application/json")],
            &[],
        ] {
            assert!(!awake(Method::GET, "/", asleep), "{asleep:?}");
        }
        assert!(!awake(Method::HEAD, "/", &[("accept", "text/html")]));
        assert!(!awake(Method::POST, "/api/auth/logout", &[]));
    }
}
