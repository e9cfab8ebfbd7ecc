//! `GET /auth/events`: the door to the stream.

use std::time::Duration;

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{KeepAlive, Sse},
    },
};
use futures::stream;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{feed, watching::Watching};
use crate::{
    Exeunt,
    session::{CurrentSession, SessionRejection},
    store::StoreError,
};

/// Something is sent at least this often, so that whoever stands between does not hang up, and a browser that went away is
/// noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The stream of the session of the request. 204 without a living one: a browser then stops asking.
pub(crate) async fn get(State(exeunt): State<Exeunt>, current: CurrentSession) -> Response {
    let session = match current {
        CurrentSession::Live(session) => session,
        CurrentSession::None => return StatusCode::NO_CONTENT.into_response(),
        CurrentSession::Unknown => return SessionRejection::Unknown.into_response(),
    };
    if *exeunt.hub().closing().borrow() {
        return SessionRejection::Unknown.into_response();
    }
    let Some(subscription) = exeunt.hub().subscribe(session.head.key) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    // Only now is it read for good: an end after this moment is told, one before it is seen here.
    let begun = async {
        feed::begin(&exeunt).await?;
        let head = exeunt.store().load(subscription.key(), exeunt.now()).await?;
        Ok::<_, StoreError>(head)
    };
    match begun.await {
        Ok(Some(head)) => respond(Watching::begin(&exeunt, subscription, &head)),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(target: "exeunt::events", %error, "the session could not be read");
            SessionRejection::Unknown.into_response()
        }
    }
}

fn respond(watching: Watching) -> Response {
    let events = stream::unfold(watching, Watching::next);
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather the events into larger pieces.
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}
