//! A take: everything that belongs to an end, in the one step of the caller.

use rusqlite::{Connection, named_params};

use super::{columns::Found, ends, marks, outbox, pending, person_ends, sessions};
use crate::{
    clock::Timestamp,
    store::{Farewell, Mark, Queue, Take, Taken},
};

pub(super) const REMOVE: &str = "DELETE FROM session WHERE id = :id";
pub(super) const REMOVE_TOKENS: &str = "DELETE FROM session_tokens WHERE id = :id";
pub(super) const WIPE_DATA: &str =
    "UPDATE session_tokens SET data = NULL WHERE id = :id AND data IS NOT NULL";

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
    let found = sessions::to_take(connection, &take.selector, take.heads_only, now)?;
    if !person_ends::mark(connection, take, &found, now)? {
        let queue = take.queue.as_ref();
        match &take.farewell {
            Some(farewell) => say_farewell(connection, &found, farewell, queue, now)?,
            None => {
                remove_each(connection, REMOVE, &found)?;
                see_to_tokens(connection, &found, queue, now)?;
            }
        }
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

/// Makes the rows the records of their ends, and queues their tokens or removes them.
pub(super) fn say_farewell(
    connection: &Connection,
    found: &[Found],
    farewell: &Farewell,
    queue: Option<&Queue>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    ends::note(connection, found, farewell, now)?;
    see_to_tokens(connection, found, queue, now)
}

fn see_to_tokens(
    connection: &Connection,
    found: &[Found],
    queue: Option<&Queue>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let Some(queue) = queue else {
        return remove_each(connection, REMOVE_TOKENS, found);
    };
    for one in found {
        outbox::queue(connection, one, queue, now)?;
    }
    remove_each(connection, WIPE_DATA, found)
}

fn remove_each(connection: &Connection, sql: &str, found: &[Found]) -> rusqlite::Result<()> {
    for one in found {
        connection
            .prepare_cached(sql)?
            .execute(named_params! { ":id": one.id })?;
    }
    Ok(())
}
