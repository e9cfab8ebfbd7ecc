//! Between the columns of the `session` table and its row types.

use rusqlite::Row;

use crate::{
    clock::Timestamp,
    store::{SessionHead, SessionKey, SessionRow},
};

/// From a statement that selects the columns of a head, in the order of [`SessionHead`].
pub(super) fn head(row: &Row<'_>) -> rusqlite::Result<SessionHead> {
    Ok(SessionHead {
        key: SessionKey(row.get(0)?),
        public_id: row.get(1)?,
        iss: row.get(2)?,
        sub: row.get(3)?,
        sid: row.get(4)?,
        created_at: moment(row, 5)?,
        last_used_at: moment(row, 6)?,
        idle_expires_at: moment(row, 7)?,
        absolute_expires_at: moment(row, 8)?,
        identity: row.get(9)?,
    })
}

/// From a statement that selects the columns of a head, then tokens and data.
pub(super) fn full(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let head = head(row)?;
    Ok(SessionRow {
        key: head.key,
        public_id: head.public_id,
        iss: head.iss,
        sub: head.sub,
        sid: head.sid,
        created_at: head.created_at,
        last_used_at: head.last_used_at,
        idle_expires_at: head.idle_expires_at,
        absolute_expires_at: head.absolute_expires_at,
        identity: head.identity,
        tokens: row.get(10)?,
        data: row.get(11)?,
    })
}

fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}
