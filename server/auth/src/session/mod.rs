//! The server session: what it holds, who reads it, and the layer that carries it through a request.

use std::{fmt, sync::Arc};

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, request::Parts};
use sha2::{Digest, Sha256};

use crate::{
    clock::Timestamp,
    store::{SessionHead, SessionKey},
};

pub mod access_token;
pub mod app_data;
pub mod device;
pub mod layer;
pub mod own;
pub mod record;
mod refresh;
pub mod resealing;
pub mod view;

pub use access_token::{AccessTokenRejection, FreshAccessToken};
use app_data::AppData;
use record::Identity;
pub(crate) use refresh::{Refreshes, liveness};

/// The value of the session cookie: 256 random bits, opaque. Neither logged nor stored; the store knows its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken")
    }
}

impl SessionToken {
    /// A fresh one.
    ///
    /// # Errors
    ///
    /// If there is no randomness.
    pub fn fresh(random: &dyn crate::random::Random) -> Result<Self, crate::random::RandomError> {
        crate::random::token(random).map(Self)
    }

    /// Reads what a browser sent. Anything that we could not have issued is none: it never reaches the store.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        (bytes.len() == 32).then(|| Self(value.to_owned()))
    }

    /// The cookie's value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the store knows of it.
    #[must_use]
    pub fn key(&self) -> SessionKey {
        SessionKey(Sha256::digest(self.0.as_bytes()).into())
    }
}

/// A living session of the request at hand.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Index and limits.
    pub head: Arc<SessionHead>,
    /// Who it is.
    pub identity: Arc<Identity>,
}

impl LiveSession {
    /// When it ends: the earlier of the two limits.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.head.idle_expires_at.min(self.head.absolute_expires_at)
    }
}

/// What is known of the session of the request at hand. The layer puts it into the request's extensions.
#[derive(Clone, Debug)]
pub enum CurrentSession {
    /// There is none: no cookie, a wrong one, or one of a session that ended.
    None,
    /// It is alive.
    Live(LiveSession),
    /// The store did not say. Not the same as none: nothing may claim "signed out".
    Unknown,
}

impl CurrentSession {
    /// The session, if it is certainly alive.
    #[must_use]
    pub fn live(&self) -> Option<&LiveSession> {
        match self {
            Self::Live(session) => Some(session),
            Self::None | Self::Unknown => None,
        }
    }

    /// From a request's extensions; [`Self::None`] where the layer is missing.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or(Self::None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CurrentSession {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions))
    }
}

/// What the layer hands to extractors that do more than read.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    pub(crate) exeunt: crate::Exeunt,
    data: Arc<AppData>,
}

impl Carried {
    /// The session was found to have ended under this request: its cookie is removed.
    pub(crate) fn note_dead(&self) {
        self.data.note_dead();
    }
}

/// Why [`LiveSession`] could not be extracted: the answer for data requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionRejection {
    /// Nobody is signed in: 401.
    SignedOut,
    /// The store did not answer: 503.
    Unknown,
}

impl IntoResponse for SessionRejection {
    fn into_response(self) -> Response {
        let (status, error, message) = match self {
            Self::SignedOut => (
                StatusCode::UNAUTHORIZED,
                "session_expired",
                "Your session has expired. Please log in again.",
            ),
            Self::Unknown => (
                StatusCode::SERVICE_UNAVAILABLE,
                "session_unavailable",
                "The session could not be read just now. Please try again.",
            ),
        };
        refusal(status, error, message)
    }
}

/// The shape of a refusal on the wire.
pub(crate) fn refusal(status: StatusCode, error: &str, message: &str) -> Response {
    let body = serde_json::json!({"detail": {"error": error, "message": message}});
    (
        status,
        [(http::header::CACHE_CONTROL, "no-store")],
        axum::Json(body),
    )
        .into_response()
}

/// The session as an extractor: 401 if nobody is signed in, 503 if the store does not answer.
impl<S: Send + Sync> FromRequestParts<S> for LiveSession {
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        match CurrentSession::of(&parts.extensions) {
            CurrentSession::Live(session) => Ok(session),
            CurrentSession::None => Err(SessionRejection::SignedOut),
            CurrentSession::Unknown => Err(SessionRejection::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f3_4_a_value_that_we_cannot_have_issued_is_none() {
        for value in [
            "",
            "a",
            "é",
            &"A".repeat(10_240),
            &"A".repeat(42),
            &"A".repeat(44),
            "../../etc/passwd",
        ] {
            assert_eq!(SessionToken::parse(value), None, "{value:?}");
        }
        let issued = SessionToken::fresh(&crate::random::OsRandom).unwrap();
        assert_eq!(SessionToken::parse(issued.as_str()), Some(issued));
    }
}
