//! Going over all sessions in the order of their keys, and sealing them anew.

use super::{
    columns,
    connections::{Client, Statements as _},
    error::Failure,
};
use crate::store::{Place, SealedColumns, Walked};

pub(super) const WALK: &str =
    "SELECT key, device, identity, tokens, data FROM session WHERE key > $1 ORDER BY key LIMIT $2";
/// Whoever changes the row meanwhile is waited for, and what it holds then is compared.
pub(super) const RESEAL: &str = "UPDATE session SET device = $6, identity = $7, tokens = $8, data = $9 \
    WHERE key = $1 AND device = $2 AND identity = $3 AND tokens = $4 AND data IS NOT DISTINCT FROM $5";

pub(super) async fn walk(client: &Client, from: Option<&Place>, limit: u32) -> Result<Walked, Failure> {
    let from = from.map_or(&[][..], |place| &place.0);
    let rows = client.rows(WALK, &[&from, &i64::from(limit)]).await?;
    let sessions: Vec<SealedColumns> = rows.iter().map(columns::sealed).collect::<Result<_, _>>()?;
    let next = sessions.last().map(|last| Place(last.key.0.to_vec()));
    Ok(Walked { sessions, next })
}

pub(super) async fn reseal(
    client: &Client,
    before: &SealedColumns,
    after: &SealedColumns,
) -> Result<bool, Failure> {
    let resealed = client
        .count(
            RESEAL,
            &[
                &&before.key.0[..],
                &before.device,
                &before.identity,
                &before.tokens,
                &before.data,
                &after.device,
                &after.identity,
                &after.tokens,
                &after.data,
            ],
        )
        .await?;
    Ok(resealed > 0)
}
