//! The statements on not-before marks.

use rusqlite::{Connection, named_params};

use crate::{
    clock::Timestamp,
    store::{MARK_LIFETIME, Mark},
};

pub(super) const REFUSES: &str = "SELECT EXISTS (SELECT 1 FROM mark WHERE kind = :kind AND iss = :iss \
    AND value = :value AND moment >= :attempt_started_at AND expires_at > :now)";

/// A newer mark replaces an older one, never the reverse: of two takes that race, the later one decides.
pub(super) const WRITE: &str = "INSERT INTO mark (kind, iss, value, moment, expires_at) \
    VALUES (:kind, :iss, :value, :moment, :expires_at) ON CONFLICT (kind, iss, value) \
    DO UPDATE SET moment = excluded.moment, expires_at = excluded.expires_at \
    WHERE excluded.moment > mark.moment";

/// Whether the mark stands against a login attempt that started then.
pub(super) fn refuses(
    connection: &Connection,
    mark: &Mark,
    attempt_started_at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let (kind, iss, value) = columns(mark);
    let mut statement = connection.prepare_cached(REFUSES)?;
    let attempt = named_params! {
        ":kind": kind,
        ":iss": iss,
        ":value": value,
        ":attempt_started_at": attempt_started_at.millis(),
        ":now": now.millis(),
    };
    statement.query_row(attempt, |row| row.get(0))
}

pub(super) fn write(connection: &Connection, mark: &Mark, moment: Timestamp) -> rusqlite::Result<()> {
    let (kind, iss, value) = columns(mark);
    connection.prepare_cached(WRITE)?.execute(named_params! {
        ":kind": kind,
        ":iss": iss,
        ":value": value,
        ":moment": moment.millis(),
        ":expires_at": (moment + MARK_LIFETIME).millis(),
    })?;
    Ok(())
}

fn columns(mark: &Mark) -> (i64, &str, &str) {
    match mark {
        Mark::Sid { iss, sid } => (1, iss, sid),
        Mark::Subject { iss, sub } => (2, iss, sub),
    }
}
