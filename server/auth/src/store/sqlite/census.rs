//! How much there is.

use rusqlite::{Connection, named_params};

use super::{columns, person_ends::not_meant};
use crate::{clock::Timestamp, store::Census};

/// Those that have not ended are tallied; those that have run out and were not taken yet are few, and are taken off.
pub(super) const COUNT: &str = concat!(
    "SELECT (SELECT sessions FROM tally WHERE id = 1) \
     - (SELECT count(*) FROM session WHERE ended_at IS NULL AND ends_at <= :now AND ",
    not_meant!(),
    "), (SELECT count(*) FROM outbox WHERE kept_until IS NULL), \
     (SELECT min(created_at) FROM outbox WHERE kept_until IS NULL)"
);

pub(super) fn count(connection: &Connection, now: Timestamp) -> rusqlite::Result<Census> {
    connection
        .prepare_cached(COUNT)?
        .query_row(named_params! { ":now": now.millis() }, |row| {
            let number =
                |column| Ok::<_, rusqlite::Error>(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0));
            Ok(Census {
                sessions: number(0)?,
                outbox_entries: number(1)?,
                outbox_oldest: columns::some_moment(row, 2)?,
            })
        })
}
