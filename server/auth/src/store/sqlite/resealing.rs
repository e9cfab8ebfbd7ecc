//! Going over all sessions in the order of their keys, and sealing them anew.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::store::{Place, SealedColumns, SessionKey, Walked};

pub(super) const WALK: &str = "SELECT key, device, identity, tokens, data \
     FROM session JOIN session_tokens USING (id) WHERE key > :from AND ended_at IS NULL ORDER BY key LIMIT :limit";
pub(super) const UNCHANGED: &str = "SELECT id FROM session JOIN session_tokens USING (id) WHERE key = :key \
     AND ended_at IS NULL AND device = :device AND identity = :identity AND tokens = :tokens AND data IS :data";
pub(super) const RESEAL: &str = "UPDATE session SET device = :device, identity = :identity WHERE id = :id";
pub(super) const RESEAL_TOKENS: &str =
    "UPDATE session_tokens SET tokens = :tokens, data = :data WHERE id = :id";

pub(super) fn walk(connection: &Connection, from: Option<&Place>, limit: u32) -> rusqlite::Result<Walked> {
    let from = from.map_or(&[][..], |place| &place.0);
    let mut statement = connection.prepare_cached(WALK)?;
    let sessions: Vec<SealedColumns> = statement
        .query_map(named_params! { ":from": from, ":limit": limit }, columns)?
        .collect::<Result<_, _>>()?;
    let next = sessions.last().map(|last| Place(last.key.0.to_vec()));
    Ok(Walked { sessions, next })
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
        key: SessionKey(row.get(0)?),
        device: row.get(1)?,
        identity: row.get(2)?,
        tokens: row.get(3)?,
        data: row.get(4)?,
    })
}
