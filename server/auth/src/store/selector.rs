//! Which sessions a take removes, and which not-before marks it leaves.

use super::{Farewell, SessionKey, SessionRow};
use crate::clock::Timestamp;

/// Which sessions to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The session of one cookie.
    Key(SessionKey),
    /// All sessions of one provider session, those included that had this sid until a moment ago (see
    /// [`FormerSid`](super::FormerSid)).
    Sid {
        /// Issuer.
        iss: String,
        /// The provider's session id.
        sid: String,
        /// Only those of this subject.
        sub: Option<SidSubject>,
    },
    /// All sessions of one person at one issuer.
    Subject {
        /// Issuer.
        iss: String,
        /// Subject.
        sub: String,
        /// Only those whose login began at or before this moment: what came late does not reach sessions that were begun
        /// after it was sent. The mark that the take leaves stands at this moment too, if it is past.
        started_by: Option<Timestamp>,
    },
    /// One session by its public id.
    PublicId {
        /// Public id.
        public_id: String,
        /// Only if it belongs to this person.
        whose: Option<Person>,
    },
    /// Sessions that no other take returns any more: their end lies [`RETENTION`](super::RETENTION) or more before the
    /// moment of the take. Those that ended first come first.
    Expired {
        /// So many at most.
        limit: u32,
    },
}

/// The subject that is named beside a sid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SidSubject {
    /// Subject.
    pub sub: String,
    /// Those of their sessions too that never had a sid and whose login began at or before this moment: nothing but the
    /// subject tells whose they are.
    pub nameless_started_by: Option<Timestamp>,
}

/// One person at one issuer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    /// Issuer.
    pub iss: String,
    /// Subject.
    pub sub: String,
}

/// Which not-before marks a take writes, beside removing the rows. A login attempt that started at or before the
/// mark's moment cannot begin a session any more; one that started later can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkRule {
    /// None: the replacement of an old session at login, and expiry.
    None,
    /// One for (iss, sid) of each row taken that has a sid; and for the selector's own (iss, sid) even if no row matched.
    Sid,
    /// One for (iss, sid) of each row taken that has a sid, and no other: whoever asks proves nothing, so that a sid that
    /// nobody has leaves nothing behind.
    SidOfTaken,
    /// One for (iss, sub) of each row taken; and for the selector's own (iss, sub) even if no row matched.
    Subject,
}

/// What a take is to do, in one atomic step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// Which sessions go.
    pub selector: Selector,
    /// Which marks stay.
    pub marks: MarkRule,
    /// What is queued for the tokens of each row that is taken: one entry of the outbox, whose id is the session's key and
    /// whose sealed bytes are its tokens as they stood.
    pub queue: Option<Queue>,
    /// What is noted down of each row that is taken.
    pub farewell: Option<Farewell>,
    /// Done only if this was not done before: otherwise nothing happens at all.
    pub once: Option<Once>,
    /// The caller needs neither tokens nor data of the rows: a store may leave both empty in what it returns. Of very many
    /// rows they are most of what would be read.
    pub heads_only: bool,
}

/// What a take puts into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Why the sessions end.
    pub reason: String,
    /// When a worker may try for the first time.
    pub due_at: Timestamp,
}

/// Something that may be done once, as [`Store::claim`](super::Store::claim) remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// What kind of thing.
    pub purpose: &'static str,
    /// Which.
    pub id: [u8; 32],
    /// How long it is remembered.
    pub until: Timestamp,
}

/// What a take removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The rows.
    pub rows: Vec<SessionRow>,
    /// [`Take::once`] was done before; nothing was removed now.
    pub repeated: bool,
}

impl Take {
    /// Removes the selected sessions and leaves these marks; nothing else.
    #[must_use]
    pub const fn new(selector: Selector, marks: MarkRule) -> Self {
        Self {
            selector,
            marks,
            queue: None,
            farewell: None,
            once: None,
            heads_only: false,
        }
    }

    /// Queues the tokens of what is removed.
    #[must_use]
    pub fn queueing(mut self, queue: Queue) -> Self {
        self.queue = Some(queue);
        self
    }

    /// Notes down what is removed.
    #[must_use]
    pub fn noting(mut self, farewell: Farewell) -> Self {
        self.farewell = Some(farewell);
        self
    }

    /// Only if it was not done before.
    #[must_use]
    pub fn once(mut self, once: Once) -> Self {
        self.once = Some(once);
        self
    }

    /// Returns rows whose tokens and data may be missing.
    #[must_use]
    pub const fn heads_only(mut self) -> Self {
        self.heads_only = true;
        self
    }
}
