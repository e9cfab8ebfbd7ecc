//! The statements on the outbox.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::{self, Found};
use crate::{
    clock::Timestamp,
    store::{Lease, OutboxEntry, OutboxId, Queue, Settlement},
};

/// Where the tokens lie with those of the sessions, they are read there.
macro_rules! columns {
    () => {
        "id, iss, sub, reason, \
         coalesce((SELECT tokens FROM session_tokens WHERE session_tokens.id = outbox.session_id), sealed), \
         progress, created_at, due_at, attempts, leased_until, kept_until"
    };
}

macro_rules! insert {
    () => {
        "INSERT INTO outbox (id, iss, sub, reason, sealed, session_id, progress, created_at, due_at, attempts, \
         leased_until, kept_until) VALUES (:id, :iss, :sub, :reason, :sealed, :session_id, :progress, :created_at, \
         :due_at, :attempts, :leased_until, :kept_until)"
    };
}

/// Those that nobody has at the moment and that are not over.
macro_rules! free {
    () => {
        "kept_until IS NULL AND (leased_until IS NULL OR leased_until <= :now)"
    };
}

pub(super) const PUT: &str = insert!();
pub(super) const QUEUE: &str = concat!(insert!(), " ON CONFLICT (id) DO NOTHING");
/// What stood under an id, and its tokens.
pub(super) const REMOVE: [&str; 2] = [
    "DELETE FROM session_tokens WHERE id = (SELECT session_id FROM outbox WHERE outbox.id = :id)",
    "DELETE FROM outbox WHERE id = :id",
];
pub(super) const LOAD: &str = concat!("SELECT ", columns!(), " FROM outbox WHERE id = :id");
pub(super) const LEASE_ONE: &str = concat!(
    "UPDATE outbox SET leased_until = :until, attempts = attempts + 1 WHERE id = :id AND ",
    free!(),
    " RETURNING ",
    columns!()
);
pub(super) const LEASE_DUE: &str = concat!(
    "UPDATE outbox SET leased_until = :until, attempts = attempts + 1 WHERE rowid IN \
     (SELECT rowid FROM outbox WHERE due_at <= :now AND ",
    free!(),
    " ORDER BY due_at, id LIMIT :most) RETURNING ",
    columns!()
);
pub(super) const TRY_AGAIN: &str = "UPDATE outbox SET progress = :progress, due_at = :due_at, leased_until = NULL \
    WHERE id = :id AND leased_until = :leased_until";
pub(super) const WIPE: &str = "DELETE FROM session_tokens WHERE id = \
    (SELECT session_id FROM outbox WHERE outbox.id = :id AND leased_until = :leased_until)";
pub(super) const END: &str = "UPDATE outbox SET progress = :progress, kept_until = :kept_until, leased_until = NULL, \
    sealed = x'', session_id = NULL WHERE id = :id AND leased_until = :leased_until";

pub(super) fn put(connection: &Connection, entry: &OutboxEntry) -> rusqlite::Result<()> {
    insert(connection, PUT, entry, &entry.sealed, None).map(drop)
}

/// Queues the tokens of a session that was taken. They stay where they are.
pub(super) fn queue(
    connection: &Connection,
    taken: &Found,
    queue: &Queue,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let entry = OutboxEntry::left_by(&taken.row, queue, now);
    if insert(connection, QUEUE, &entry, &[], Some(taken.id))? == 0 {
        // The key of a session is never used twice, so what stood under it, should anything, gives way: an end must not fail here.
        for sql in REMOVE {
            connection
                .prepare_cached(sql)?
                .execute(named_params! { ":id": entry.id.0 })?;
        }
        insert(connection, PUT, &entry, &[], Some(taken.id))?;
    }
    Ok(())
}

fn insert(
    connection: &Connection,
    sql: &str,
    entry: &OutboxEntry,
    sealed: &[u8],
    session_id: Option<i64>,
) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": entry.id.0,
        ":iss": entry.iss,
        ":sub": entry.sub,
        ":reason": entry.reason,
        ":sealed": sealed,
        ":session_id": session_id,
        ":progress": entry.progress,
        ":created_at": entry.created_at.millis(),
        ":due_at": entry.due_at.millis(),
        ":attempts": entry.attempts,
        ":leased_until": entry.leased_until.map(Timestamp::millis),
        ":kept_until": entry.kept_until.map(Timestamp::millis),
    })
}

pub(super) fn load(connection: &Connection, id: &OutboxId) -> rusqlite::Result<Option<OutboxEntry>> {
    let mut statement = connection.prepare_cached(LOAD)?;
    statement
        .query_row(named_params! { ":id": id.0 }, columns::entry)
        .optional()
}

pub(super) fn lease(
    connection: &Connection,
    which: Lease,
    until: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<Vec<OutboxEntry>> {
    let (until, now) = (until.millis(), now.millis());
    let mut leased: Vec<OutboxEntry> = match which {
        Lease::One(id) => connection
            .prepare_cached(LEASE_ONE)?
            .query_map(
                named_params! { ":until": until, ":now": now, ":id": id.0 },
                columns::entry,
            )?
            .collect::<Result<_, _>>()?,
        Lease::Due(most) => connection
            .prepare_cached(LEASE_DUE)?
            .query_map(
                named_params! { ":until": until, ":now": now, ":most": most },
                columns::entry,
            )?
            .collect::<Result<_, _>>()?,
    };
    // What a statement returns of the rows it changed is in no order.
    leased.sort_by_key(|entry| (entry.due_at, entry.id));
    Ok(leased)
}

pub(super) fn settle(
    connection: &Connection,
    id: &OutboxId,
    leased_until: Timestamp,
    settlement: &Settlement,
) -> rusqlite::Result<bool> {
    let settled = match settlement {
        Settlement::Again { progress, due_at } => {
            connection.prepare_cached(TRY_AGAIN)?.execute(named_params! {
                ":id": id.0,
                ":leased_until": leased_until.millis(),
                ":progress": progress,
                ":due_at": due_at.millis(),
            })?
        }
        Settlement::Over { progress, kept_until } => {
            connection.prepare_cached(WIPE)?.execute(named_params! {
                ":id": id.0,
                ":leased_until": leased_until.millis(),
            })?;
            connection.prepare_cached(END)?.execute(named_params! {
                ":id": id.0,
                ":leased_until": leased_until.millis(),
                ":progress": progress,
                ":kept_until": kept_until.millis(),
            })?
        }
    };
    Ok(settled > 0)
}
