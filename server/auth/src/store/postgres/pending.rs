//! The statements on pending rows, claims and the probe.

use super::{
    connections::{Client, Statements},
    error::{Failure, Fault},
};
use crate::{clock::Timestamp, store::PendingKey};

pub(super) const PUT: &str = "INSERT INTO pending (key, expires_at, sealed) VALUES ($1, $2, $3) \
    ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, sealed = excluded.sealed";
pub(super) const LOAD: &str = "SELECT sealed FROM pending WHERE key = $1 AND expires_at > $2";
pub(super) const SWAP: &str =
    "UPDATE pending SET sealed = $3 WHERE key = $1 AND sealed = $2 AND expires_at > $4";
pub(super) const CLAIM: &str = "INSERT INTO claim (purpose, id, expires_at) VALUES ($1, $2, $3) \
    ON CONFLICT (purpose, id) DO UPDATE SET expires_at = excluded.expires_at WHERE claim.expires_at <= $4";
pub(super) const RELEASE: &str = "DELETE FROM claim WHERE purpose = $1 AND id = $2 AND expires_at = $3";
const PROBE: &str = "UPDATE probe SET pings = pings + 1 WHERE id = 1";

pub(super) async fn put(
    client: &Client,
    key: &PendingKey,
    sealed: &[u8],
    expires_at: Timestamp,
) -> Result<(), Failure> {
    client
        .count(PUT, &[&&key.0[..], &expires_at.millis(), &sealed])
        .await?;
    Ok(())
}

pub(super) async fn load(
    client: &Client,
    key: &PendingKey,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, Failure> {
    let row = client.row(LOAD, &[&&key.0[..], &now.millis()]).await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

pub(super) async fn swap(
    client: &Client,
    key: &PendingKey,
    expected: &[u8],
    sealed: &[u8],
    now: Timestamp,
) -> Result<bool, Failure> {
    let swapped = client
        .count(SWAP, &[&&key.0[..], &expected, &sealed, &now.millis()])
        .await?;
    Ok(swapped > 0)
}

/// On a connection, or as a part of a transaction.
pub(super) async fn claim(
    statements: &impl Statements,
    purpose: &str,
    id: &[u8; 32],
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, Failure> {
    let claimed = statements
        .count(CLAIM, &[&purpose, &&id[..], &until.millis(), &now.millis()])
        .await?;
    Ok(claimed > 0)
}

pub(super) async fn release(
    client: &Client,
    purpose: &str,
    id: &[u8; 32],
    until: Timestamp,
) -> Result<(), Failure> {
    client
        .count(RELEASE, &[&purpose, &&id[..], &until.millis()])
        .await?;
    Ok(())
}

/// A write that is committed: a server that only reads, or has no room left, would answer a question.
pub(super) async fn probe(client: &Client) -> Result<(), Failure> {
    match client.count(PROBE, &[]).await? {
        0 => Err(Fault::new("the row that a ping writes is gone; somebody emptied the table probe").into()),
        _ => Ok(()),
    }
}
