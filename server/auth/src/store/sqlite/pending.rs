//! The statements on pending rows, claims and the probe.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::{clock::Timestamp, store::PendingKey};

pub(super) const PUT: &str = "INSERT INTO pending (key, expires_at, sealed) VALUES (:key, :expires_at, :sealed) \
    ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, sealed = excluded.sealed";
pub(super) const LOAD: &str = "SELECT sealed FROM pending WHERE key = :key AND expires_at > :now";
pub(super) const SWAP: &str =
    "UPDATE pending SET sealed = :sealed WHERE key = :key AND sealed = :expected AND expires_at > :now";
pub(super) const CLAIM: &str = "INSERT INTO claim (purpose, id, expires_at) VALUES (:purpose, :id, :until) \
    ON CONFLICT (purpose, id) DO UPDATE SET expires_at = excluded.expires_at WHERE claim.expires_at <= :now";
pub(super) const RELEASE: &str =
    "DELETE FROM claim WHERE purpose = :purpose AND id = :id AND expires_at = :until";

pub(super) fn put(
    connection: &Connection,
    key: &PendingKey,
    sealed: &[u8],
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    connection.prepare_cached(PUT)?.execute(named_params! {
        ":key": key.0,
        ":expires_at": expires_at.millis(),
        ":sealed": sealed,
    })?;
    Ok(())
}

pub(super) fn load(
    connection: &Connection,
    key: &PendingKey,
    now: Timestamp,
) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached(LOAD)?;
    statement
        .query_row(named_params! { ":key": key.0, ":now": now.millis() }, |row| {
            row.get(0)
        })
        .optional()
}

pub(super) fn swap(
    connection: &Connection,
    key: &PendingKey,
    expected: &[u8],
    sealed: &[u8],
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let swapped = connection.prepare_cached(SWAP)?.execute(named_params! {
        ":key": key.0,
        ":expected": expected,
        ":sealed": sealed,
        ":now": now.millis(),
    })?;
    Ok(swapped > 0)
}

pub(super) fn claim(
    connection: &Connection,
    purpose: &str,
    id: &[u8; 32],
    until: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let claimed = connection.prepare_cached(CLAIM)?.execute(named_params! {
        ":purpose": purpose,
        ":id": id,
        ":until": until.millis(),
        ":now": now.millis(),
    })?;
    Ok(claimed > 0)
}

pub(super) fn release(
    connection: &Connection,
    purpose: &str,
    id: &[u8; 32],
    until: Timestamp,
) -> rusqlite::Result<()> {
    connection.prepare_cached(RELEASE)?.execute(named_params! {
        ":purpose": purpose,
        ":id": id,
        ":until": until.millis(),
    })?;
    Ok(())
}

/// A write that reaches the file: taking the write lock alone would succeed on a full disk.
pub(super) fn probe(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE probe SET pings = pings + 1 WHERE id = 1")?
        .execute([])?;
    Ok(())
}

/// A read that reaches the file, on whichever connection.
pub(super) fn peek(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached("SELECT pings FROM probe WHERE id = 1")?
        .query_row([], |_row| Ok(()))
}
