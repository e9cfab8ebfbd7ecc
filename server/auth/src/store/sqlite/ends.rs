//! The statements on end records: the rows of sessions that ended.

use std::cmp::Reverse;

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{
    columns::{self, Found},
    person_ends::meant,
};
use crate::{
    clock::Timestamp,
    store::{EXPIRED, EndRecord, Farewell, SessionKey},
};

macro_rules! columns {
    () => {
        "seq, key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until"
    };
}

/// The same of a session that an end of very many means and that is not dealt with yet. Its place comes after all that are
/// given.
macro_rules! columns_of_meant {
    () => {
        "(SELECT last_end + 1 FROM tally WHERE id = 1), key, public_id, session.iss, session.sub, created_at, \
         min(person_end.ended_at, ends_at), iif(ends_at > person_end.ended_at, person_end.reason, :run_out), device, \
         person_end.kept_until"
    };
}

pub(super) const PLACES: &str =
    "UPDATE tally SET last_end = last_end + :more WHERE id = 1 RETURNING last_end";
/// Whatever could open something goes; what remains tells of the end and opens nothing. The limit goes back to the end: whoever
/// does not know what `ended_at` says finds a session that has run out.
pub(super) const NOTE: &str = "UPDATE session SET ended_at = :ended_at, reason = :reason, kept_until = :kept_until, \
    seq = :seq, identity = x'', idle_expires_at = min(idle_expires_at, :ended_at), former_sid = NULL, former_until = NULL WHERE id = :id";
pub(super) const LAST: &str = "SELECT last_end FROM tally WHERE id = 1";
pub(super) const AFTER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM session WHERE seq > :seq ORDER BY seq LIMIT :limit"
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM session WHERE iss = :iss AND sub = :sub AND ended_at IS NOT NULL AND kept_until > :now \
     ORDER BY ended_at DESC, seq DESC LIMIT :limit"
);
pub(super) const LIST_MEANT: &str = concat!(
    "SELECT ",
    columns_of_meant!(),
    " FROM person_end CROSS JOIN session ON ",
    meant!(),
    " WHERE person_end.iss = :iss AND person_end.sub = :sub AND session.ended_at IS NULL AND person_end.kept_until > :now \
     ORDER BY min(person_end.ended_at, ends_at) DESC, session.id DESC LIMIT :limit"
);
pub(super) const LOAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM session WHERE key = :key AND ended_at IS NOT NULL AND kept_until > :now"
);
pub(super) const LOAD_MEANT: &str = concat!(
    "SELECT ",
    columns_of_meant!(),
    " FROM session JOIN person_end ON ",
    meant!(),
    " WHERE key = :key AND session.ended_at IS NULL AND person_end.kept_until > :now"
);

/// Makes the rows the records of their ends.
pub(super) fn note(
    connection: &Connection,
    found: &[Found],
    farewell: &Farewell,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let Ok(more @ 1..) = i64::try_from(found.len()) else {
        return Ok(());
    };
    let last: i64 = connection
        .prepare_cached(PLACES)?
        .query_row(named_params! { ":more": more }, |row| row.get(0))?;
    for (one, seq) in found.iter().zip(last - more + 1..) {
        let record = EndRecord::of(&one.row, farewell, now, seq);
        connection.prepare_cached(NOTE)?.execute(named_params! {
            ":id": one.id,
            ":ended_at": record.ended_at.millis(),
            ":reason": record.reason,
            ":kept_until": record.kept_until.millis(),
            ":seq": record.seq,
        })?;
    }
    Ok(())
}

pub(super) fn last(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(LAST)?.query_row([], |row| row.get(0))
}

pub(super) fn after(connection: &Connection, seq: i64, limit: u32) -> rusqlite::Result<Vec<EndRecord>> {
    let mut statement = connection.prepare_cached(AFTER)?;
    let place = named_params! { ":seq": seq, ":limit": limit };
    statement.query_map(place, columns::end)?.collect()
}

/// The newest first. What a piece is made of meanwhile is of the same moment, so that nothing is listed twice: both questions
/// belong to one transaction.
pub(super) fn list(
    connection: &Connection,
    iss: &str,
    sub: &str,
    limit: u32,
    now: Timestamp,
) -> rusqlite::Result<Vec<EndRecord>> {
    let transaction = connection.unchecked_transaction()?;
    let now = now.millis();
    let mut ends: Vec<EndRecord> = transaction
        .prepare_cached(LIST_MEANT)?
        .query_map(
            named_params! { ":iss": iss, ":sub": sub, ":limit": limit, ":now": now, ":run_out": EXPIRED },
            columns::end,
        )?
        .collect::<Result<_, _>>()?;
    let noted = transaction
        .prepare_cached(LIST)?
        .query_map(
            named_params! { ":iss": iss, ":sub": sub, ":limit": limit, ":now": now },
            columns::end,
        )?
        .collect::<Result<Vec<_>, _>>()?;
    ends.extend(noted);
    ends.sort_by_key(|end| Reverse((end.ended_at, end.seq)));
    ends.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(ends)
}

pub(super) fn load(
    connection: &Connection,
    key: &SessionKey,
    now: Timestamp,
) -> rusqlite::Result<Option<EndRecord>> {
    let now = now.millis();
    // First: between the two it may become the other, and not the other way round.
    let meant = connection
        .prepare_cached(LOAD_MEANT)?
        .query_row(
            named_params! { ":key": key.0, ":now": now, ":run_out": EXPIRED },
            columns::end,
        )
        .optional()?;
    if meant.is_some() {
        return Ok(meant);
    }
    connection
        .prepare_cached(LOAD)?
        .query_row(named_params! { ":key": key.0, ":now": now }, columns::end)
        .optional()
}
