//! Between the columns of the tables and their row types.

use rusqlite::Row;

use crate::{
    clock::Timestamp,
    store::{EndRecord, FormerSid, OutboxEntry, OutboxId, SessionHead, SessionKey, SessionRow},
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
        device: row.get(9)?,
        identity: row.get(10)?,
    })
}

/// A session that is to be taken, and its place in the tables.
pub(super) struct Found {
    pub(super) id: i64,
    pub(super) row: SessionRow,
}

/// From a statement that selects the columns of a head, then the others in the order of [`SessionRow`] up to its tokens, then the id.
/// Tokens and data are empty.
pub(super) fn found_head(row: &Row<'_>) -> rusqlite::Result<Found> {
    let head = head(row)?;
    let former: (Option<String>, Option<i64>) = (row.get(12)?, row.get(13)?);
    let id = row.get(14)?;
    let row = SessionRow {
        key: head.key,
        public_id: head.public_id,
        iss: head.iss,
        sub: head.sub,
        sid: head.sid,
        former_sid: former.0.zip(former.1).map(|(sid, until)| FormerSid {
            sid,
            until: Timestamp::from_millis(until),
        }),
        login_started_at: moment(row, 11)?,
        created_at: head.created_at,
        last_used_at: head.last_used_at,
        idle_expires_at: head.idle_expires_at,
        absolute_expires_at: head.absolute_expires_at,
        device: head.device,
        identity: head.identity,
        tokens: Vec::new(),
        data: None,
    };
    Ok(Found { id, row })
}

/// From such a statement that selects tokens and data too.
pub(super) fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let mut found = found_head(row)?;
    found.row.tokens = row.get(15)?;
    found.row.data = row.get(16)?;
    Ok(found)
}

/// From a statement that selects the columns of an entry, in the order of [`OutboxEntry`].
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<OutboxEntry> {
    Ok(OutboxEntry {
        id: OutboxId(row.get(0)?),
        iss: row.get(1)?,
        sub: row.get(2)?,
        reason: row.get(3)?,
        sealed: row.get(4)?,
        progress: row.get(5)?,
        created_at: moment(row, 6)?,
        due_at: moment(row, 7)?,
        attempts: row.get(8)?,
        leased_until: some_moment(row, 9)?,
        kept_until: some_moment(row, 10)?,
    })
}

/// From a statement that selects the columns of a record, in the order of [`EndRecord`].
pub(super) fn end(row: &Row<'_>) -> rusqlite::Result<EndRecord> {
    Ok(EndRecord {
        seq: row.get(0)?,
        key: SessionKey(row.get(1)?),
        public_id: row.get(2)?,
        iss: row.get(3)?,
        sub: row.get(4)?,
        created_at: moment(row, 5)?,
        ended_at: moment(row, 6)?,
        reason: row.get(7)?,
        device: row.get(8)?,
        kept_until: moment(row, 9)?,
    })
}

pub(super) fn some_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(Timestamp::from_millis))
}

pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}
