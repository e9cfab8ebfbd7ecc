//! The statements on not-before marks.

use rusqlite::{Connection, named_params};

use crate::{
    clock::Timestamp,
    store::{MARK_LIFETIME, Mark},
};

pub(super) const REFUSES: &str = "SELECT EXISTS (SELECT 1 FROM mark WHERE kind = :kind AND iss = :iss \
    AND value = :value AND moment >= :started_at AND expires_at > :now)";

/// Of several, the latest moment and the latest expiry stand: of two takes that race, the one that reaches further decides.
pub(super) const WRITE: &str = "INSERT INTO mark (kind, iss, value, moment, expires_at) \
    VALUES (:kind, :iss, :value, :moment, :expires_at) ON CONFLICT (kind, iss, value) \
    DO UPDATE SET moment = max(moment, excluded.moment), expires_at = max(expires_at, excluded.expires_at)";

/// Whether the mark stands against a login attempt, or a refresh, that started then.
pub(super) fn refuses(
    connection: &Connection,
    mark: &Mark,
    started_at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let (kind, iss, value) = columns(mark);
    let mut statement = connection.prepare_cached(REFUSES)?;
    let question = named_params! {
        ":kind": kind,
        ":iss": iss,
        ":value": value,
        ":started_at": started_at.millis(),
        ":now": now.millis(),
    };
    statement.query_row(question, |row| row.get(0))
}

/// Writes, `now`, a mark that stands at `moment`.
pub(super) fn write(
    connection: &Connection,
    mark: &Mark,
    moment: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let (kind, iss, value) = columns(mark);
    connection.prepare_cached(WRITE)?.execute(named_params! {
        ":kind": kind,
        ":iss": iss,
        ":value": value,
        ":moment": moment.millis(),
        ":expires_at": (now + MARK_LIFETIME).millis(),
    })?;
    Ok(())
}

fn columns(mark: &Mark) -> (i64, &str, &str) {
    match mark {
        Mark::Sid { iss, sid } => (1, iss, sid),
        Mark::Subject { iss, sub } => (2, iss, sub),
    }
}
