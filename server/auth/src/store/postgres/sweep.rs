//! Removing what is past its time, a batch at a time, so that no sign-out waits long behind it.

use super::{
    connections::{Client, Statements as _},
    error::Failure,
};
use crate::clock::Timestamp;

/// The most rows one batch removes.
pub(super) const BATCH: u32 = 1000;

/// Removes rows of `$table` that are past their time, and passes over what somebody else is at work on.
macro_rules! sweep {
    ($table:literal, $key:literal, $expiry:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE (",
            $key,
            ") IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $expiry,
            " <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)"
        )
    };
}

/// By the moment their rows are past their time.
pub(super) const TABLES: [&str; 5] = [
    sweep!("pending", "key", "expires_at"),
    sweep!("mark", "iss, value, kind", "expires_at"),
    sweep!("claim", "purpose, id", "expires_at"),
    sweep!("outbox", "id", "kept_until"),
    sweep!("end_record", "id", "kept_until"),
];

/// Removes one batch; fewer than [`BATCH`] means that nothing is left.
pub(super) async fn batch(client: &Client, sql: &str, until: Timestamp) -> Result<u64, Failure> {
    client.count(sql, &[&until.millis(), &i64::from(BATCH)]).await
}
