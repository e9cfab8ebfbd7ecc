//! A take: everything that belongs to an end, in one transaction.

use deadpool_postgres::Transaction;

use super::{
    columns,
    connections::{Client, Statements as _, transaction},
    error::Failure,
    locks::Locks,
    marks, pending, selecting,
    sessions::head,
};
use crate::{
    clock::Timestamp,
    store::{EXPIRED, Mark, MarkRule, Selector, SessionRow, Take, Taken},
};

/// More marks than this are not locked one by one: the server has room for some thousands of locks, for all together.
const LOCKS_AT_MOST: usize = 64;

/// How often it is tried with the locks of single marks. A row must get another sid between the look and the lock for one try to
/// fail.
const TRIES: usize = 3;

/// Removes rows whose keys are locked. What belongs to their ends is made of them where they are: no token travels twice. It is
/// what [`OutboxEntry::left_by`](crate::store::OutboxEntry::left_by) and [`EndRecord::of`](crate::store::EndRecord::of) make.
pub(super) const REMOVE: &str = concat!(
    "WITH removed AS (DELETE FROM session WHERE key = ANY($1) RETURNING *), \
     queued AS (INSERT INTO outbox (id, iss, sub, reason, sealed, progress, created_at, due_at, attempts) \
        SELECT key, iss, sub, $3, tokens, '', $2, $4, 0 FROM removed WHERE $3::text IS NOT NULL \
        ON CONFLICT (id) DO UPDATE SET iss = excluded.iss, sub = excluded.sub, reason = excluded.reason, \
        sealed = excluded.sealed, progress = excluded.progress, created_at = excluded.created_at, \
        due_at = excluded.due_at, attempts = excluded.attempts, leased_until = NULL, kept_until = NULL), \
     noted AS (INSERT INTO end_record (key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until) \
        SELECT key, public_id, iss, sub, created_at, least(ends_at, $2), \
        CASE WHEN ends_at > $2 THEN $5 ELSE $7 END, device, $6 FROM removed WHERE $5::text IS NOT NULL \
        ORDER BY ends_at, key) \
     SELECT ",
    head!(),
    ", login_started_at, former_sid, former_until, CASE WHEN $8 THEN ''::bytea ELSE tokens END, \
     CASE WHEN $8 THEN NULL ELSE data END FROM removed"
);

/// What locks a try has.
enum Held {
    /// None are needed.
    None,
    These(Vec<Mark>),
    All,
}

impl Held {
    fn cover<'a>(&self, mut marks: impl Iterator<Item = &'a Mark>) -> bool {
        match self {
            Self::None => marks.next().is_none(),
            Self::These(held) => marks.all(|mark| held.contains(mark)),
            Self::All => true,
        }
    }
}

/// Nothing of it happened unless the transaction is committed: a fault on the way leaves the claim free too.
pub(super) async fn take(
    client: &mut Client,
    locks: &Locks,
    take: &Take,
    now: Timestamp,
) -> Result<Taken, Failure> {
    for _ in 0..TRIES {
        let transaction = transaction(client).await?;
        let held = lock(&transaction, locks, take, now).await?;
        if let Some(taken) = take_within(&transaction, take, &held, now).await? {
            transaction.commit().await?;
            return Ok(taken);
        }
        transaction.rollback().await?;
    }
    let transaction = transaction(client).await?;
    locks.have_all(&transaction).await?;
    let taken = take_within(&transaction, take, &Held::All, now).await?;
    transaction.commit().await?;
    Ok(taken.unwrap_or_default())
}

async fn lock(
    transaction: &Transaction<'_>,
    locks: &Locks,
    take: &Take,
    now: Timestamp,
) -> Result<Held, Failure> {
    if take.marks == MarkRule::None {
        return Ok(Held::None);
    }
    let marks = selecting::marks_ahead(transaction, &take.selector, take.marks, now).await?;
    if marks.len() > LOCKS_AT_MOST {
        locks.have_all(transaction).await?;
        return Ok(Held::All);
    }
    if !marks.is_empty() {
        locks.have(transaction, &marks).await?;
    }
    Ok(Held::These(marks))
}

/// None if it came upon marks that are not locked.
async fn take_within(
    transaction: &Transaction<'_>,
    take: &Take,
    held: &Held,
    now: Timestamp,
) -> Result<Option<Taken>, Failure> {
    if let Some(once) = &take.once
        && !pending::claim(transaction, once.purpose, &once.id, once.until, now).await?
    {
        return Ok(Some(Taken {
            rows: Vec::new(),
            repeated: true,
        }));
    }
    let keys = selecting::lock(transaction, &take.selector, now).await?;
    let mut rows = Vec::new();
    if !keys.is_empty() {
        rows = remove(transaction, &keys, take, now).await?;
    }
    if matches!(take.selector, Selector::Expired { .. }) {
        // What a statement returns of the rows it removed is in no order.
        rows.sort_by_key(|row| (row.ends_at(), row.key));
    }
    let written = Mark::written_by(&take.selector, take.marks, &rows, now);
    if !held.cover(written.keys()) {
        return Ok(None);
    }
    if !written.is_empty() {
        marks::write(transaction, &written, now).await?;
    }
    Ok(Some(Taken {
        rows,
        repeated: false,
    }))
}

async fn remove(
    transaction: &Transaction<'_>,
    keys: &[[u8; 32]],
    take: &Take,
    now: Timestamp,
) -> Result<Vec<SessionRow>, Failure> {
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let (queue, farewell) = (take.queue.as_ref(), take.farewell.as_ref());
    let rows = transaction
        .rows(
            REMOVE,
            &[
                &keys,
                &now.millis(),
                &queue.map(|queue| &queue.reason),
                &queue.map(|queue| queue.due_at.millis()),
                &farewell.map(|farewell| &farewell.reason),
                &farewell.map(|farewell| farewell.kept_until.millis()),
                &EXPIRED,
                &take.heads_only,
            ],
        )
        .await?;
    rows.iter().map(columns::full).collect()
}
