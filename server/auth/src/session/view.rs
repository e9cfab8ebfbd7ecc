//! The session as the browser may know it: the answer of `GET /api/session`.

use serde::Serialize;

use super::LiveSession;
use crate::clock::Timestamp;

/// The session view of the contract. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// The subject at the provider.
    pub user_id: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Identifies the request in the log.
    pub request_id: Option<String>,
    /// False only where a platform switched sign-in off.
    pub auth_enabled: bool,
    /// The earlier of the two limits. Absent where the session is a platform's: how long it lasts is known to nobody here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_expires_at: Option<i64>,
    /// When the session ends unless it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_expires_at: Option<i64>,
    /// When it ends whatever happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absolute_expires_at: Option<i64>,
    /// Our time.
    pub now: i64,
}

impl SessionView {
    /// The view of a living session.
    #[must_use]
    pub fn new(session: &LiveSession, request_id: Option<String>, now: Timestamp) -> Self {
        Self {
            user_id: session.head.sub.clone(),
            email: session.identity.email.clone(),
            name: session.identity.name.clone(),
            roles: session.identity.roles.clone(),
            request_id,
            auth_enabled: true,
            session_expires_at: Some(session.expires_at().seconds()),
            idle_expires_at: Some(session.head.idle_expires_at.seconds()),
            absolute_expires_at: Some(session.head.absolute_expires_at.seconds()),
            now: now.seconds(),
        }
    }
}
