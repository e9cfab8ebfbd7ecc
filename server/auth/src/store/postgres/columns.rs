//! Between the columns of the tables `session`, `outbox` and `end_record` and their row types.

use tokio_postgres::Row;

use super::{
    error::{Failure, Fault},
    text,
};
use crate::{
    clock::Timestamp,
    store::{
        EndRecord, FormerSid, OutboxEntry, OutboxId, SealedColumns, SessionHead, SessionKey, SessionRow,
    },
};

/// From a statement that selects the columns of a head, in the order of [`SessionHead`].
pub(super) fn head(row: &Row) -> Result<SessionHead, Failure> {
    Ok(SessionHead {
        key: SessionKey(key(row, 0)?),
        public_id: text(row, 1)?,
        iss: text(row, 2)?,
        sub: text(row, 3)?,
        sid: some_text(row, 4)?,
        created_at: moment(row, 5)?,
        last_used_at: moment(row, 6)?,
        idle_expires_at: moment(row, 7)?,
        absolute_expires_at: moment(row, 8)?,
        device: row.try_get(9)?,
        identity: row.try_get(10)?,
    })
}

/// From a statement that selects the key and what is sealed, in the order of [`SealedColumns`].
pub(super) fn sealed(row: &Row) -> Result<SealedColumns, Failure> {
    Ok(SealedColumns {
        key: SessionKey(key(row, 0)?),
        device: row.try_get(1)?,
        identity: row.try_get(2)?,
        tokens: row.try_get(3)?,
        data: row.try_get(4)?,
    })
}

/// From a statement that selects the columns of a head, then the others in the order of [`SessionRow`].
pub(super) fn full(row: &Row) -> Result<SessionRow, Failure> {
    let head = head(row)?;
    let former = some_text(row, 12)?.zip(some_moment(row, 13)?);
    Ok(SessionRow {
        key: head.key,
        public_id: head.public_id,
        iss: head.iss,
        sub: head.sub,
        sid: head.sid,
        former_sid: former.map(|(sid, until)| FormerSid { sid, until }),
        login_started_at: moment(row, 11)?,
        created_at: head.created_at,
        last_used_at: head.last_used_at,
        idle_expires_at: head.idle_expires_at,
        absolute_expires_at: head.absolute_expires_at,
        device: head.device,
        identity: head.identity,
        tokens: row.try_get(14)?,
        data: row.try_get(15)?,
    })
}

/// From a statement that selects the columns of an entry, in the order of [`OutboxEntry`].
pub(super) fn entry(row: &Row) -> Result<OutboxEntry, Failure> {
    Ok(OutboxEntry {
        id: OutboxId(key(row, 0)?),
        iss: text(row, 1)?,
        sub: text(row, 2)?,
        reason: row.try_get(3)?,
        sealed: row.try_get(4)?,
        progress: row.try_get(5)?,
        created_at: moment(row, 6)?,
        due_at: moment(row, 7)?,
        attempts: u32::try_from(row.try_get::<_, i64>(8)?).unwrap_or(u32::MAX),
        leased_until: some_moment(row, 9)?,
        kept_until: some_moment(row, 10)?,
    })
}

/// From a statement that selects the columns of a record, in the order of [`EndRecord`]. None if it has no place yet.
pub(super) fn end(row: &Row) -> Result<Option<EndRecord>, Failure> {
    let Some(seq) = row.try_get(0)? else {
        return Ok(None);
    };
    Ok(Some(EndRecord {
        seq,
        key: SessionKey(key(row, 1)?),
        public_id: text(row, 2)?,
        iss: text(row, 3)?,
        sub: text(row, 4)?,
        created_at: moment(row, 5)?,
        ended_at: moment(row, 6)?,
        reason: row.try_get(7)?,
        device: row.try_get(8)?,
        kept_until: moment(row, 9)?,
    }))
}

pub(super) fn key(row: &Row, column: usize) -> Result<[u8; 32], Failure> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|_length| Failure::Fault(Fault::new("a key in the database has not 32 bytes")))
}

pub(super) fn text(row: &Row, column: usize) -> Result<String, Failure> {
    Ok(text::read(row.try_get(column)?))
}

pub(super) fn some_text(row: &Row, column: usize) -> Result<Option<String>, Failure> {
    Ok(row.try_get::<_, Option<_>>(column)?.map(text::read))
}

fn moment(row: &Row, column: usize) -> Result<Timestamp, Failure> {
    Ok(row.try_get(column).map(Timestamp::from_millis)?)
}

pub(super) fn some_moment(row: &Row, column: usize) -> Result<Option<Timestamp>, Failure> {
    Ok(row.try_get::<_, Option<_>>(column)?.map(Timestamp::from_millis))
}
