//! Going over all sessions in the order in which they began, and sealing them anew.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::person_ends::not_meant;
use crate::store::{Place, SealedColumns, SessionKey, Walked};

/// In the order of their ids, which never change, and from the tokens, which those that ended have no more, or not for long.
pub(super) const WALK: &str = concat!(
    "SELECT id, key, device, identity, tokens, data \
     FROM session_tokens CROSS JOIN session USING (id) WHERE session_tokens.id > :from AND ended_at IS NULL AND ",
    not_meant!(),
    " ORDER BY session_tokens.id LIMIT :limit"
);
pub(super) const UNCHANGED: &str = concat!(
    "SELECT id FROM session JOIN session_tokens USING (id) WHERE key = :key \
     AND ended_at IS NULL AND device = :device AND identity = :identity AND tokens = :tokens AND data IS :data AND ",
    not_meant!()
);
pub(super) const RESEAL: &str = "UPDATE session SET device = :device, identity = :identity WHERE id = :id";
pub(super) const RESEAL_TOKENS: &str =
    "UPDATE session_tokens SET tokens = :tokens, data = :data WHERE id = :id";

pub(super) fn walk(connection: &Connection, from: Option<&Place>, limit: u32) -> rusqlite::Result<Walked> {
    let from = from.map_or(0, |place| read(place).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(WALK)?;
    let rows = statement.query_map(named_params! { ":from": from, ":limit": limit }, |row| {
        Ok((row.get::<_, i64>(0)?, columns(row)?))
    })?;
    let (mut sessions, mut last) = (Vec::new(), None);
    for row in rows {
        let (id, session) = row?;
        sessions.push(session);
        last = Some(id);
    }
    let next = last.map(|id| Place(id.to_be_bytes().to_vec()));
    Ok(Walked { sessions, next })
}

fn read(place: &Place) -> Option<i64> {
    Some(i64::from_be_bytes(place.0.as_slice().try_into().ok()?))
}

pub(super) fn reseal(
    connection: &Connection,
    before: &SealedColumns,
    after: &SealedColumns,
) -> rusqlite::Result<bool> {
    let unchanged: Option<i64> = connection
        .prepare_cached(UNCHANGED)?
        .query_row(
            named_params! {
                ":key": before.key.0,
                ":device": before.device,
                ":identity": before.identity,
                ":tokens": before.tokens,
                ":data": before.data,
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = unchanged else {
        return Ok(false);
    };
    connection
        .prepare_cached(RESEAL)?
        .execute(named_params! { ":id": id, ":device": after.device, ":identity": after.identity })?;
    connection
        .prepare_cached(RESEAL_TOKENS)?
        .execute(named_params! { ":id": id, ":tokens": after.tokens, ":data": after.data })?;
    Ok(true)
}

fn columns(row: &Row<'_>) -> rusqlite::Result<SealedColumns> {
    Ok(SealedColumns {
        key: SessionKey(row.get(1)?),
        device: row.get(2)?,
        identity: row.get(3)?,
        tokens: row.get(4)?,
        data: row.get(5)?,
    })
}
