//! Which sessions a take removes, and which not-before marks it leaves.

use super::SessionKey;

/// Which sessions to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The session of one cookie.
    Key(SessionKey),
    /// All sessions of one provider session.
    Sid {
        /// Issuer.
        iss: String,
        /// The provider's session id.
        sid: String,
    },
    /// All sessions of one person at one issuer.
    Subject {
        /// Issuer.
        iss: String,
        /// Subject.
        sub: String,
    },
    /// One session by its public id, only if it belongs to that person.
    PublicId {
        /// Issuer.
        iss: String,
        /// Subject.
        sub: String,
        /// Public id.
        public_id: String,
    },
}

/// Which not-before marks a take writes, beside removing the rows. A login attempt that started at or before the
/// mark's moment cannot begin a session any more; one that started later can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkRule {
    /// None: the replacement of an old session at login.
    None,
    /// One for (iss, sid) of each row taken that has a sid; and for the selector's own (iss, sid) even if no row matched.
    Sid,
    /// One for (iss, sub) of each row taken; and for the selector's own (iss, sub) even if no row matched.
    Subject,
}
