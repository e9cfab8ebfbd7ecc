//! A take: everything that belongs to an end, in the one step of the caller.

use rusqlite::Connection;

use super::{ends, marks, outbox, pending, sessions};
use crate::{
    clock::Timestamp,
    store::{Mark, Take, Taken},
};

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
    let rows = sessions::remove(connection, &take.selector, now)?;
    for (mark, moment) in Mark::written_by(&take.selector, take.marks, &rows, now) {
        marks::write(connection, &mark, moment, now)?;
    }
    if let Some(queue) = &take.queue {
        for row in &rows {
            outbox::queue(connection, row, queue, now)?;
        }
    }
    if let Some(farewell) = &take.farewell {
        for row in &rows {
            ends::note(connection, row, farewell, now)?;
        }
    }
    Ok(Taken {
        rows,
        repeated: false,
    })
}
