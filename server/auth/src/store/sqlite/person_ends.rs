//! An end of very many sessions of one person. One row makes it certain, whatever their number; what belongs to the end of
//! each (its record, the place of its tokens in the outbox) is written afterwards, piece by piece, so that others get their turn.
//!
//! Until then the rows look as if they lived. So every statement on sessions that live asks for this too ([`not_meant`]), and those
//! that read how a session ended find it here.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    columns::{self, Found},
    sessions, taking,
};
use crate::{
    clock::Timestamp,
    store::{Farewell, Queue, RETENTION, Selector, Take},
};

/// So many at once: nobody waits long behind one piece. An end of no more is dealt with in its own step.
pub(super) const PIECE: usize = 256;

/// Joins a session to the end that it is meant by.
macro_rules! meant {
    () => {
        "person_end.iss = session.iss AND person_end.sub = session.sub AND session.id <= person_end.last_id \
         AND (person_end.started_by IS NULL OR session.login_started_at <= person_end.started_by) \
         AND session.ends_at > person_end.expired"
    };
}

/// That no such end means the session.
macro_rules! not_meant {
    () => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM person_end WHERE ",
            $crate::store::sqlite::person_ends::meant!(),
            ")"
        )
    };
}

pub(super) use {meant, not_meant};

/// One at a time for each person: should there be one already, it is left as it is.
pub(super) const MARK: &str = "INSERT INTO person_end (iss, sub, last_id, started_by, expired, ended_at, reason, kept_until, \
     queue_reason, due_at) VALUES (:iss, :sub, :last_id, :started_by, :expired, :ended_at, :reason, :kept_until, :queue_reason, :due_at) \
     ON CONFLICT (iss, sub) DO NOTHING";
/// There are one or two at the most, so none is looked for by name.
const NEXT: &str = "SELECT iss, sub, last_id, started_by, expired, ended_at, reason, kept_until, queue_reason, due_at \
    FROM person_end ORDER BY iss, sub LIMIT 1";
pub(super) const ROWS: &str = concat!(
    "SELECT ",
    sessions::taken_head!(),
    " FROM session WHERE ended_at IS NULL AND iss = :iss AND sub = :sub AND id <= :last_id \
     AND (:started_by IS NULL OR login_started_at <= :started_by) \
     AND ends_at > :expired LIMIT :limit"
);
pub(super) const OVER: &str = "DELETE FROM person_end WHERE iss = :iss AND sub = :sub";

/// Makes it certain that what a take found has ended. False: it is for the take itself to deal with its rows.
pub(super) fn mark(
    connection: &Connection,
    take: &Take,
    found: &[Found],
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let (Selector::Subject { iss, sub, started_by }, Some(farewell)) = (&take.selector, &take.farewell)
    else {
        return Ok(false);
    };
    let Some(last_id) = found.iter().map(|one| one.id).max() else {
        return Ok(false);
    };
    if found.len() <= PIECE {
        return Ok(false);
    }
    let queue = take.queue.as_ref();
    let marked = connection.prepare_cached(MARK)?.execute(named_params! {
        ":iss": iss,
        ":sub": sub,
        ":last_id": last_id,
        ":started_by": started_by.map(Timestamp::millis),
        ":expired": (now - RETENTION).millis(),
        ":ended_at": now.millis(),
        ":reason": farewell.reason,
        ":kept_until": farewell.kept_until.millis(),
        ":queue_reason": queue.map(|queue| &queue.reason),
        ":due_at": queue.map(|queue| queue.due_at.millis()),
    })?;
    Ok(marked > 0)
}

/// Deals with some sessions of an end that is certain. True: there may be more.
pub(super) fn deal_with_some(connection: &Connection) -> rusqlite::Result<bool> {
    let Some(next) = connection
        .prepare_cached(NEXT)?
        .query_row([], PersonEnd::read)
        .optional()?
    else {
        return Ok(false);
    };
    let found = next.some(connection)?;
    taking::say_farewell(
        connection,
        &found,
        &next.farewell,
        next.queue.as_ref(),
        next.ended_at,
    )?;
    if found.len() < PIECE {
        connection
            .prepare_cached(OVER)?
            .execute(named_params! { ":iss": next.iss, ":sub": next.sub })?;
    }
    Ok(true)
}

struct PersonEnd {
    iss: String,
    sub: String,
    last_id: i64,
    started_by: Option<i64>,
    expired: i64,
    ended_at: Timestamp,
    farewell: Farewell,
    queue: Option<Queue>,
}

impl PersonEnd {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let queue: (Option<String>, Option<Timestamp>) = (row.get(8)?, columns::some_moment(row, 9)?);
        Ok(Self {
            iss: row.get(0)?,
            sub: row.get(1)?,
            last_id: row.get(2)?,
            started_by: row.get(3)?,
            expired: row.get(4)?,
            ended_at: columns::moment(row, 5)?,
            farewell: Farewell {
                reason: row.get(6)?,
                kept_until: columns::moment(row, 7)?,
            },
            queue: queue
                .0
                .zip(queue.1)
                .map(|(reason, due_at)| Queue { reason, due_at }),
        })
    }

    /// The next of those that the take found: they are as they were, since nothing changes a session that has ended.
    fn some(&self, connection: &Connection) -> rusqlite::Result<Vec<Found>> {
        connection
            .prepare_cached(ROWS)?
            .query_map(
                named_params! {
                    ":iss": self.iss,
                    ":sub": self.sub,
                    ":last_id": self.last_id,
                    ":started_by": self.started_by,
                    ":expired": self.expired,
                    ":limit": i64::try_from(PIECE).unwrap_or(i64::MAX),
                },
                columns::found_head,
            )?
            .collect()
    }
}

#[cfg(test)]
mod tests;
