//! `GET /auth/events` in platform mode: what can be known of a session that somebody else owns.
//!
//! The platform tells nobody here when it ends a session. So the stream says `changed` every twenty seconds, which is a reason
//! to ask, and the answer to the question says what is true; a sign-out through this process is told at once as `ended`. The stream
//! closes after five minutes, so that the gateway looks at the browser again.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures::stream;
use http::{HeaderName, HeaderValue, StatusCode, header};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch},
    time::Instant,
};

use super::{
    Platform,
    layer::CurrentIdentity,
    sign_on::{Credential, SignOn},
};
use crate::{clock::Timestamp, session::SessionRejection};

/// How often a page is asked to ask. With the way there and back it stays below thirty seconds (invariant I18).
const INTERVAL: Duration = Duration::from_secs(20);
/// How long a stream lasts.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// The most streams of this process at once.
const MOST: usize = 4096;
/// The most streams of one sign-on at once. A browser needs one for all its tabs.
const MOST_PER_SIGN_ON: usize = 8;
/// How many ends may wait for a stream. Who misses some asks anyway.
const WAITING: usize = 64;

/// By what a sign-on is known that was signed out, and when. A stream keeps what it was opened with; so all of it is told, what the
/// sign-on was renewed from or with included.
type End = (Arc<[Credential]>, Timestamp);

/// Who listens in this process.
#[derive(Debug)]
pub(super) struct Hub {
    ends: broadcast::Sender<End>,
    room: Arc<Semaphore>,
    listening: Arc<Mutex<Vec<SignOn>>>,
    closing: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            ends: broadcast::Sender::new(WAITING),
            room: Arc::new(Semaphore::new(MOST)),
            listening: Arc::default(),
            closing: watch::Sender::new(false),
        }
    }
}

impl Hub {
    /// Tells the streams of a sign-on that it was signed out, by any of these.
    pub(super) fn tell_end(&self, known_by: Vec<Credential>, now: Timestamp) {
        if !known_by.is_empty() {
            // An error means that nobody listens.
            let _ = self.ends.send((known_by.into(), now));
        }
    }

    /// Closes all streams.
    pub(super) fn close(&self) {
        self.closing.send_replace(true);
    }

    fn seat(&self, sign_on: SignOn) -> Option<Seat> {
        let room = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if listening.iter().filter(|known| known.is_same(&sign_on)).count() >= MOST_PER_SIGN_ON {
            return None;
        }
        listening.push(sign_on.clone());
        Some(Seat {
            sign_on,
            listening: Arc::clone(&self.listening),
            _room: room,
        })
    }
}

/// One stream's place, given back when it ends.
struct Seat {
    sign_on: SignOn,
    listening: Arc<Mutex<Vec<SignOn>>>,
    _room: OwnedSemaphorePermit,
}

impl Seat {
    fn is_known_by(&self, known_by: &[Credential]) -> bool {
        self.sign_on.credentials().any(|own| known_by.contains(own))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = listening.iter().position(|known| *known == self.sign_on) {
            listening.swap_remove(place);
        }
    }
}

struct Listening {
    seat: Seat,
    ends: broadcast::Receiver<End>,
    closing: watch::Receiver<bool>,
    until: Instant,
    is_over: bool,
}

impl Listening {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let event = self.hear().await?;
        Some((Ok(event), self))
    }

    async fn hear(&mut self) -> Option<Event> {
        if self.is_over {
            return None;
        }
        let changed = || Event::default().event("changed").data("{}");
        let tick = tokio::time::sleep(INTERVAL);
        tokio::pin!(tick);
        loop {
            tokio::select! {
                () = &mut tick => return (Instant::now() < self.until).then(changed),
                () = closed(&mut self.closing) => return None,
                end = self.ends.recv() => match end {
                    Ok((known_by, at)) if self.seat.is_known_by(&known_by) => {
                        let data = serde_json::json!({"why": "logout", "at": at.seconds()}).to_string();
                        self.is_over = true;
                        return Some(Event::default().event("ended").data(data));
                    }
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => return Some(changed()),
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }
}

async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the server is gone.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// The stream of the sign-on of the request. 204 without one, and where sign-in is switched off: a browser then stops asking.
pub(super) async fn get(State(platform): State<Platform>, request: Request) -> Response {
    let CurrentIdentity::SignedIn(_, sign_on) = CurrentIdentity::of(request.extensions()) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let hub = platform.hub();
    if *hub.closing.borrow() {
        return SessionRejection::Unknown.into_response();
    }
    // Before it is looked at again: an end after this moment is told, one before it is seen here.
    let ends = hub.ends.subscribe();
    let Some(seat) = hub.seat(sign_on.clone()) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    if platform.signed_out().contains(&sign_on, platform.now()) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let listening = Listening {
        seat,
        ends,
        closing: hub.closing.subscribe(),
        until: Instant::now() + LIFETIME,
        is_over: false,
    };
    let mut response = Sse::new(stream::unfold(listening, Listening::next)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}
