//! Removing what is past its time, a batch at a time, so that no sign-out waits long behind it.

use rusqlite::{Connection, named_params};

use crate::clock::Timestamp;

/// The most rows one batch removes. Measured on a busy machine with rows of 2.5 KB: a quarter of a millisecond each, so
/// what comes behind a batch waits some 60 ms there and much less elsewhere.
pub(super) const BATCH: u32 = 250;

/// By the moment their rows are past their time.
pub(super) const TABLES: [&str; 5] = [
    "DELETE FROM pending WHERE rowid IN (SELECT rowid FROM pending WHERE expires_at <= :until LIMIT :batch)",
    "DELETE FROM mark WHERE (kind, iss, value) IN \
     (SELECT kind, iss, value FROM mark WHERE expires_at <= :until LIMIT :batch)",
    "DELETE FROM claim WHERE (purpose, id) IN \
     (SELECT purpose, id FROM claim WHERE expires_at <= :until LIMIT :batch)",
    "DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox WHERE kept_until <= :until LIMIT :batch)",
    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE kept_until <= :until LIMIT :batch)",
];

/// Removes one batch; fewer than [`BATCH`] means that nothing is left.
pub(super) fn batch(connection: &Connection, sql: &str, until: Timestamp) -> rusqlite::Result<u64> {
    let parameters = named_params! { ":until": until.millis(), ":batch": BATCH };
    let removed = connection.prepare_cached(sql)?.execute(parameters)?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}
