//! Going over all sessions in the order of their keys, and sealing them anew.

use rusqlite::{Connection, Row, named_params};

use crate::store::{Place, SealedColumns, SessionKey, Walked};

pub(super) const WALK: &str =
    "SELECT key, device, identity, tokens, data FROM session WHERE key > :from ORDER BY key LIMIT :limit";
pub(super) const RESEAL: &str = "UPDATE session SET device = :device, identity = :identity, tokens = :tokens, data = :data \
     WHERE key = :key AND device = :device_before AND identity = :identity_before AND tokens = :tokens_before \
     AND data IS :data_before";

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
    let resealed = connection.prepare_cached(RESEAL)?.execute(named_params! {
        ":key": before.key.0,
        ":device": after.device,
        ":identity": after.identity,
        ":tokens": after.tokens,
        ":data": after.data,
        ":device_before": before.device,
        ":identity_before": before.identity,
        ":tokens_before": before.tokens,
        ":data_before": before.data,
    })?;
    Ok(resealed > 0)
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
