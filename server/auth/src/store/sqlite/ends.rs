//! The statements on end records: the rows of sessions that ended.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::{self, Found};
use crate::{
    clock::Timestamp,
    store::{EndRecord, Farewell, SessionKey},
};

macro_rules! columns {
    () => {
        "seq, key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until"
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
pub(super) const LOAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM session WHERE key = :key AND ended_at IS NOT NULL AND kept_until > :now"
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

pub(super) fn list(
    connection: &Connection,
    iss: &str,
    sub: &str,
    limit: u32,
    now: Timestamp,
) -> rusqlite::Result<Vec<EndRecord>> {
    let mut statement = connection.prepare_cached(LIST)?;
    let of_person = named_params! { ":iss": iss, ":sub": sub, ":limit": limit, ":now": now.millis() };
    statement.query_map(of_person, columns::end)?.collect()
}

pub(super) fn load(
    connection: &Connection,
    key: &SessionKey,
    now: Timestamp,
) -> rusqlite::Result<Option<EndRecord>> {
    let mut statement = connection.prepare_cached(LOAD)?;
    statement
        .query_row(
            named_params! { ":key": key.0, ":now": now.millis() },
            columns::end,
        )
        .optional()
}
