//! Who is signed in, whoever owns the session: for gates and handlers that work with either.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{Extensions, request::Parts};

use crate::session::{CurrentSession, SessionRejection};

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The subject at the provider, or the platform's identifier.
    pub user_id: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
}

/// Whether somebody is signed in, by the request at hand.
#[derive(Clone, Debug)]
pub enum Presence {
    /// Somebody is.
    SignedIn(Arc<Person>),
    /// Certainly nobody is.
    SignedOut,
    /// Nobody can say. Not the same as signed out.
    Unknown,
}

impl Presence {
    /// From a request's extensions, as the layer of the upstream left them; [`Self::SignedOut`] where there was none.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        if let Some(presence) = extensions.get::<Self>() {
            return presence.clone();
        }
        match extensions.get::<CurrentSession>() {
            Some(CurrentSession::Live(session)) => Self::SignedIn(Arc::new(Person {
                user_id: session.head.sub.clone(),
                email: session.identity.email.clone(),
                name: session.identity.name.clone(),
                roles: session.identity.roles.clone(),
            })),
            Some(CurrentSession::Unknown) => Self::Unknown,
            Some(CurrentSession::None) | None => Self::SignedOut,
        }
    }
}

/// Who is signed in, as an extractor that works with every upstream: 401 if nobody is, 503 if nobody can say.
impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        match Presence::of(&parts.extensions) {
            Presence::SignedIn(person) => Ok(Arc::unwrap_or_clone(person)),
            Presence::SignedOut => Err(SessionRejection::SignedOut),
            Presence::Unknown => Err(SessionRejection::Unknown),
        }
    }
}
