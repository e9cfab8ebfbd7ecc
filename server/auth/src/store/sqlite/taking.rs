//! A take: everything that belongs to an end, in the one step of the caller.

use rusqlite::{Connection, named_params};

use super::{columns::Found, ends, marks, outbox, pending, sessions};
use crate::{
    clock::Timestamp,
    store::{Mark, Take, Taken},
};

pub(super) const REMOVE: &str = "DELETE FROM session WHERE id = :id";
pub(super) const REMOVE_TOKENS: &str = "DELETE FROM session_tokens WHERE id = :id";
pub(super) const WIPE_DATA: &str = "UPDATE session_tokens SET data = NULL WHERE id = :id";

/// Nothing of it happened unless what the caller runs it in is committed: a fault on the way leaves the claim free too.
pub(super) fn take(connection: &Connection, take: &Take, now: Timestamp) -> rusqlite::Result<Taken> {
    if let Some(once) = &take.once
        && !pending::claim(connection, once.purpose, &once.id, once.until, now)?
    {
        return Ok(Taken {
            rows: Vec::new(),
            repeated: true,
        });
    }
    let found = sessions::to_take(connection, &take.selector, now)?;
    if let Some(farewell) = &take.farewell {
        ends::note(connection, &found, farewell, now)?;
    } else {
        remove_each(connection, REMOVE, &found)?;
    }
    if let Some(queue) = &take.queue {
        for one in &found {
            outbox::queue(connection, one, queue, now)?;
            if one.row.data.is_some() {
                connection
                    .prepare_cached(WIPE_DATA)?
                    .execute(named_params! { ":id": one.id })?;
            }
        }
    } else {
        remove_each(connection, REMOVE_TOKENS, &found)?;
    }
    if let Ok(gone @ 1..) = i64::try_from(found.len()) {
        sessions::count(connection, -gone)?;
    }
    let rows = found.into_iter().map(|one| one.row).collect::<Vec<_>>();
    for (mark, moment) in Mark::written_by(&take.selector, take.marks, &rows, now) {
        marks::write(connection, &mark, moment, now)?;
    }
    Ok(Taken {
        rows,
        repeated: false,
    })
}

fn remove_each(connection: &Connection, sql: &str, found: &[Found]) -> rusqlite::Result<()> {
    for one in found {
        connection
            .prepare_cached(sql)?
            .execute(named_params! { ":id": one.id })?;
    }
    Ok(())
}
