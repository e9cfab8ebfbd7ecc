//! End records: what is left to be told of a session that ended.

use super::{SessionKey, SessionRow};
use crate::clock::Timestamp;

/// What a take notes down of each session that it removes. It opens nothing and revives nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndRecord {
    /// Its place among all ends of the store, in the order in which they became known to [`Store::ends_after`](super::Store::ends_after).
    /// One that is told before it has its place (of very many that ended together, see [`Store::take`](super::Store::take)) tells one
    /// after all that are given.
    pub seq: i64,
    /// The session's key: the place that [`Self::device`] is sealed for.
    pub key: SessionKey,
    /// See [`SessionRow::public_id`].
    pub public_id: String,
    /// Issuer.
    pub iss: String,
    /// Subject.
    pub sub: String,
    /// When the session began.
    pub created_at: Timestamp,
    /// When it ended: at the moment of the take, or at its limit if it had run out before.
    pub ended_at: Timestamp,
    /// Why, as the [`Farewell`] says; [`EXPIRED`] if it had run out.
    pub reason: String,
    /// See [`SessionRow::device`].
    pub device: Vec<u8>,
    /// Past its time from this moment on.
    pub kept_until: Timestamp,
}

/// The reason of a session that ran out, whoever took it away afterwards.
pub const EXPIRED: &str = "expired";

/// What a take notes down beside removing sessions: one [`EndRecord`] for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// Why the sessions end.
    pub reason: String,
    /// How long the records are kept.
    pub kept_until: Timestamp,
}

impl Farewell {
    /// When a row ended that a take at `now` removed, and why.
    #[must_use]
    pub fn of(&self, row: &SessionRow, now: Timestamp) -> (Timestamp, &str) {
        if row.is_living(now) {
            (now, &self.reason)
        } else {
            (row.ends_at(), EXPIRED)
        }
    }
}

impl EndRecord {
    /// What a take at `now` notes down of a row that it removed. The store gives it its place.
    #[must_use]
    pub fn of(row: &SessionRow, farewell: &Farewell, now: Timestamp, seq: i64) -> Self {
        let (ended_at, reason) = farewell.of(row, now);
        Self {
            seq,
            key: row.key,
            public_id: row.public_id.clone(),
            iss: row.iss.clone(),
            sub: row.sub.clone(),
            created_at: row.created_at,
            ended_at,
            reason: reason.to_owned(),
            device: row.device.clone(),
            kept_until: farewell.kept_until,
        }
    }
}
