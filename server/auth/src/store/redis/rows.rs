//! Rows to records and back. The order of the fields is that of `lua/record.lua`.

use std::cmp::Reverse;

use super::record::{Fields, Malformed, digits, moment_or_none, optional, packed};
use crate::store::{EndRecord, FormerSid, OutboxEntry, OutboxId, SessionHead, SessionKey, SessionRow};

/// A row without key, tokens and data.
pub(super) fn session_record(row: &SessionRow) -> Vec<u8> {
    let former_sid = row.former_sid.as_ref();
    packed([
        row.public_id.as_bytes(),
        row.iss.as_bytes(),
        row.sub.as_bytes(),
        &optional(row.sid.as_deref().map(str::as_bytes)),
        &optional(former_sid.map(|former| former.sid.as_bytes())),
        moment_or_none(former_sid.map(|former| former.until)).as_bytes(),
        digits(row.login_started_at).as_bytes(),
        digits(row.created_at).as_bytes(),
        digits(row.last_used_at).as_bytes(),
        digits(row.idle_expires_at).as_bytes(),
        digits(row.absolute_expires_at).as_bytes(),
        &row.device,
        &row.identity,
    ])
}

/// A whole row of what a take gave.
pub(super) fn session_row(
    key: &[u8],
    record: &[u8],
    tokens: Vec<u8>,
    data: Option<Vec<u8>>,
) -> Result<SessionRow, Malformed> {
    let mut fields = Fields::of(record);
    let (public_id, iss, sub) = (fields.text()?, fields.text()?, fields.text()?);
    let sid = fields.optional_text()?;
    let former_sid = match (fields.optional_text()?, fields.optional_moment()?) {
        (Some(sid), Some(until)) => Some(FormerSid { sid, until }),
        _ => None,
    };
    Ok(SessionRow {
        key: SessionKey(hash(key)?),
        public_id,
        iss,
        sub,
        sid,
        former_sid,
        login_started_at: fields.moment()?,
        created_at: fields.moment()?,
        last_used_at: fields.moment()?,
        idle_expires_at: fields.moment()?,
        absolute_expires_at: fields.moment()?,
        device: fields.bytes()?.to_vec(),
        identity: fields.bytes()?.to_vec(),
        tokens,
        data,
    })
}

pub(super) fn session_head(key: &[u8], record: &[u8]) -> Result<SessionHead, Malformed> {
    session_row(key, record, Vec::new(), None).map(|row| row.head())
}

pub(super) fn outbox_record(entry: &OutboxEntry) -> Vec<u8> {
    packed([
        entry.iss.as_bytes(),
        entry.sub.as_bytes(),
        entry.reason.as_bytes(),
        &entry.sealed,
        entry.progress.as_bytes(),
        digits(entry.created_at).as_bytes(),
        digits(entry.due_at).as_bytes(),
        entry.attempts.to_string().as_bytes(),
        moment_or_none(entry.leased_until).as_bytes(),
        moment_or_none(entry.kept_until).as_bytes(),
    ])
}

pub(super) fn outbox_entry(id: &[u8], record: &[u8]) -> Result<OutboxEntry, Malformed> {
    let mut fields = Fields::of(record);
    Ok(OutboxEntry {
        id: OutboxId(hash(id)?),
        iss: fields.text()?,
        sub: fields.text()?,
        reason: fields.text()?,
        sealed: fields.bytes()?.to_vec(),
        progress: fields.text()?,
        created_at: fields.moment()?,
        due_at: fields.moment()?,
        attempts: fields.number()?,
        leased_until: fields.optional_moment()?,
        kept_until: fields.optional_moment()?,
    })
}

pub(super) fn end_record(seq: &[u8], record: &[u8]) -> Result<EndRecord, Malformed> {
    let mut fields = Fields::of(record);
    Ok(EndRecord {
        seq: std::str::from_utf8(seq)
            .ok()
            .and_then(|seq| seq.parse().ok())
            .ok_or(Malformed)?,
        key: SessionKey(hash(fields.bytes()?)?),
        public_id: fields.text()?,
        iss: fields.text()?,
        sub: fields.text()?,
        created_at: fields.moment()?,
        ended_at: fields.moment()?,
        reason: fields.text()?,
        device: fields.bytes()?.to_vec(),
        kept_until: fields.moment()?,
    })
}

/// The newest first; of one moment the order of the public ids, as the other stores have it.
pub(super) fn newest_first(heads: &mut [SessionHead]) {
    heads.sort_by(|a, b| (Reverse(a.created_at), &a.public_id).cmp(&(Reverse(b.created_at), &b.public_id)));
}

fn hash(bytes: &[u8]) -> Result<[u8; 32], Malformed> {
    bytes.try_into().map_err(|_| Malformed)
}
