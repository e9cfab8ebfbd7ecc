//! The statements on end records. What a take notes down is in `taking.rs`.
//!
//! A take draws no place: it would be drawn before its row can be seen, and of two takes the one that drew first may be
//! committed last. Whoever reads gives places to what is committed by then, one reader at a time, in a transaction that is
//! committed before the next one begins. So takes do not wait for one another, and a transaction of somebody else that stays open
//! holds nobody up.

use super::{
    columns,
    connections::{Client, Statements as _, transaction},
    error::Failure,
    locks::Locks,
    text,
};
use crate::{
    clock::Timestamp,
    store::{EndRecord, SessionKey},
};

macro_rules! columns {
    () => {
        "seq, key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until"
    };
}

/// So many get their place in one transaction: a statement has its time, and however many ends came, each gets nearer.
const BATCH: i64 = 2000;

const WITHOUT_PLACE: &str = "SELECT 1 FROM end_record WHERE seq IS NULL LIMIT 1";
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock($1)";
/// In the order in which they were written: of two takes of which one came after the other, that is the order of the takes.
pub(super) const PLACE: &str = "WITH next AS MATERIALIZED (SELECT id, nextval('end_place') AS seq FROM \
    (SELECT id FROM end_record WHERE seq IS NULL ORDER BY id LIMIT $1) AS earliest) \
    UPDATE end_record SET seq = next.seq FROM next WHERE end_record.id = next.id";
const LAST: &str = "SELECT coalesce(max(seq), 0) FROM end_record WHERE seq IS NOT NULL";
pub(super) const AFTER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM end_record WHERE seq > $1 ORDER BY seq LIMIT $2"
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM end_record WHERE iss = $1 AND sub = $2 AND kept_until > $3 ORDER BY ended_at DESC, seq DESC LIMIT $4"
);
pub(super) const LOAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM end_record WHERE key = $1 AND kept_until > $2 ORDER BY seq DESC LIMIT 1"
);

/// Gives every end that is committed its place.
async fn place(client: &mut Client, locks: &Locks) -> Result<(), Failure> {
    while client.row(WITHOUT_PLACE, &[]).await?.is_some() {
        let transaction = transaction(client).await?;
        transaction.rows(ONE_AT_A_TIME, &[&locks.places()]).await?;
        transaction.count(PLACE, &[&BATCH]).await?;
        transaction.commit().await?;
    }
    Ok(())
}

pub(super) async fn last(client: &mut Client, locks: &Locks) -> Result<i64, Failure> {
    place(client, locks).await?;
    let row = client.row(LAST, &[]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
}

pub(super) async fn after(
    client: &mut Client,
    locks: &Locks,
    seq: i64,
    limit: u32,
) -> Result<Vec<EndRecord>, Failure> {
    place(client, locks).await?;
    let rows = client.rows(AFTER, &[&seq, &i64::from(limit)]).await?;
    Ok(placed(&rows)?.unwrap_or_default())
}

pub(super) async fn list(
    client: &mut Client,
    locks: &Locks,
    person: (&str, &str),
    limit: u32,
    now: Timestamp,
) -> Result<Vec<EndRecord>, Failure> {
    let (iss, sub) = (text::stored(person.0), text::stored(person.1));
    loop {
        let rows = client
            .rows(LIST, &[&iss, &sub, &now.millis(), &i64::from(limit)])
            .await?;
        if let Some(ends) = placed(&rows)? {
            return Ok(ends);
        }
        place(client, locks).await?;
    }
}

pub(super) async fn load(
    client: &mut Client,
    locks: &Locks,
    key: &SessionKey,
    now: Timestamp,
) -> Result<Option<EndRecord>, Failure> {
    loop {
        let rows = client.rows(LOAD, &[&&key.0[..], &now.millis()]).await?;
        if let Some(mut ends) = placed(&rows)? {
            return Ok(ends.pop());
        }
        place(client, locks).await?;
    }
}

/// None if one of them has no place yet.
fn placed(rows: &[tokio_postgres::Row]) -> Result<Option<Vec<EndRecord>>, Failure> {
    rows.iter().map(columns::end).collect()
}
