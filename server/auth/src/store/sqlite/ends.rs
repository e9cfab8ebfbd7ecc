//! The statements on end records.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns;
use crate::{
    clock::Timestamp,
    store::{EndRecord, Farewell, SessionKey, SessionRow},
};

macro_rules! columns {
    () => {
        "seq, key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until"
    };
}

pub(super) const NOTE: &str = "INSERT INTO end_record (key, public_id, iss, sub, created_at, ended_at, reason, device, \
    kept_until) VALUES (:key, :public_id, :iss, :sub, :created_at, :ended_at, :reason, :device, :kept_until)";
pub(super) const LAST: &str = "SELECT coalesce(max(seq), 0) FROM end_record";
pub(super) const AFTER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM end_record WHERE seq > :seq ORDER BY seq LIMIT :limit"
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM end_record WHERE iss = :iss AND sub = :sub AND kept_until > :now ORDER BY ended_at DESC, seq DESC LIMIT :limit"
);
pub(super) const LOAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM end_record WHERE key = :key AND kept_until > :now ORDER BY seq DESC LIMIT 1"
);

/// Notes a row down that was taken.
pub(super) fn note(
    connection: &Connection,
    row: &SessionRow,
    farewell: &Farewell,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let record = EndRecord::of(row, farewell, now, 0);
    connection.prepare_cached(NOTE)?.execute(named_params! {
        ":key": record.key.0,
        ":public_id": record.public_id,
        ":iss": record.iss,
        ":sub": record.sub,
        ":created_at": record.created_at.millis(),
        ":ended_at": record.ended_at.millis(),
        ":reason": record.reason,
        ":device": record.device,
        ":kept_until": record.kept_until.millis(),
    })?;
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
