//! The statements on the outbox. What a take queues is in `taking.rs`.

use super::{
    columns,
    connections::{Client, Statements as _},
    error::Failure,
    text,
};
use crate::{
    clock::Timestamp,
    store::{Lease, OutboxEntry, OutboxId, Settlement},
};

macro_rules! columns {
    ($table:literal) => {
        concat!(
            $table,
            "id, ",
            $table,
            "iss, ",
            $table,
            "sub, ",
            $table,
            "reason, ",
            $table,
            "sealed, ",
            $table,
            "progress, ",
            $table,
            "created_at, ",
            $table,
            "due_at, ",
            $table,
            "attempts, ",
            $table,
            "leased_until, ",
            $table,
            "kept_until"
        )
    };
}

/// Those that nobody has at the moment and that are not over.
macro_rules! free {
    () => {
        "kept_until IS NULL AND (leased_until IS NULL OR leased_until <= $2)"
    };
}

pub(super) const PUT: &str = concat!(
    "INSERT INTO outbox (",
    columns!(""),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
);
pub(super) const LOAD: &str = concat!("SELECT ", columns!(""), " FROM outbox WHERE id = $1");
pub(super) const LEASE_ONE: &str = concat!(
    "UPDATE outbox SET leased_until = $1, attempts = attempts + 1 WHERE id = $3 AND ",
    free!(),
    " RETURNING ",
    columns!("")
);
/// What somebody else is leasing at this moment is passed over.
pub(super) const LEASE_DUE: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE due_at <= $2 AND ",
    free!(),
    " ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) \
     UPDATE outbox SET leased_until = $1, attempts = attempts + 1 FROM due WHERE outbox.id = due.id RETURNING ",
    columns!("outbox.")
);
pub(super) const TRY_AGAIN: &str = "UPDATE outbox SET progress = $3, due_at = $4, leased_until = NULL \
    WHERE id = $1 AND leased_until = $2";
pub(super) const END: &str = "UPDATE outbox SET progress = $3, kept_until = $4, leased_until = NULL, sealed = '' \
    WHERE id = $1 AND leased_until = $2";

pub(super) async fn put(client: &Client, entry: &OutboxEntry) -> Result<(), Failure> {
    client
        .count(
            PUT,
            &[
                &&entry.id.0[..],
                &text::stored(&entry.iss),
                &text::stored(&entry.sub),
                &entry.reason,
                &entry.sealed,
                &entry.progress,
                &entry.created_at.millis(),
                &entry.due_at.millis(),
                &i64::from(entry.attempts),
                &entry.leased_until.map(Timestamp::millis),
                &entry.kept_until.map(Timestamp::millis),
            ],
        )
        .await?;
    Ok(())
}

pub(super) async fn load(client: &Client, id: &OutboxId) -> Result<Option<OutboxEntry>, Failure> {
    let row = client.row(LOAD, &[&&id.0[..]]).await?;
    row.as_ref().map(columns::entry).transpose()
}

pub(super) async fn lease(
    client: &Client,
    which: Lease,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<OutboxEntry>, Failure> {
    let (until, now) = (until.millis(), now.millis());
    let rows = match which {
        Lease::One(id) => client.rows(LEASE_ONE, &[&until, &now, &&id.0[..]]).await?,
        Lease::Due(most) => client.rows(LEASE_DUE, &[&until, &now, &i64::from(most)]).await?,
    };
    let mut leased = rows.iter().map(columns::entry).collect::<Result<Vec<_>, _>>()?;
    // What a statement returns of the rows it changed is in no order.
    leased.sort_by_key(|entry| (entry.due_at, entry.id));
    Ok(leased)
}

pub(super) async fn settle(
    client: &Client,
    id: &OutboxId,
    leased_until: Timestamp,
    settlement: &Settlement,
) -> Result<bool, Failure> {
    let (sql, progress, moment) = match settlement {
        Settlement::Again { progress, due_at } => (TRY_AGAIN, progress, due_at),
        Settlement::Over { progress, kept_until } => (END, progress, kept_until),
    };
    let settled = client
        .count(
            sql,
            &[&&id.0[..], &leased_until.millis(), progress, &moment.millis()],
        )
        .await?;
    Ok(settled > 0)
}
