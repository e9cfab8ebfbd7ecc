//! The statements on one session, and on the lists of them. Those of a take are in `taking.rs`.

use deadpool_postgres::Transaction;

use super::{
    columns,
    connections::{self, Client, Statements},
    error::Failure,
    locks::Locks,
    text,
};
use crate::{
    clock::Timestamp,
    store::{Begun, Change, Mark, SessionHead, SessionKey, SessionRow},
};

macro_rules! head {
    () => {
        "key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at, device, \
         identity"
    };
}

/// The columns of a whole row.
macro_rules! full {
    () => {
        concat!(
            $crate::store::postgres::sessions::head!(),
            ", login_started_at, former_sid, former_until, tokens, data"
        )
    };
}
pub(super) use head;

/// Nothing is inserted if a mark stands against it: of its subject, its sid, or the sid it had. A sid that is not there equals
/// none.
pub(super) const INSERT: &str = concat!(
    "INSERT INTO session (",
    full!(),
    ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 \
     WHERE NOT EXISTS (SELECT 1 FROM mark WHERE iss = $3 AND moment >= $12 AND expires_at > $17 \
     AND ((kind = 2 AND value = $4) OR (kind = 1 AND value IN ($5, $13))))"
);
pub(super) const LOAD: &str = concat!(
    "SELECT ",
    head!(),
    " FROM session WHERE key = $1 AND ends_at > $2"
);
pub(super) const LOAD_TOKENS: &str = "SELECT tokens FROM session WHERE key = $1 AND ends_at > $2";
pub(super) const LOAD_DATA: &str = "SELECT data FROM session WHERE key = $1 AND ends_at > $2";
pub(super) const LIST: &str = concat!(
    "SELECT ",
    head!(),
    " FROM session WHERE iss = $1 AND sub = $2 AND ends_at > $3 ORDER BY created_at DESC, public_id"
);
pub(super) const LIST_BY_SID: &str = concat!(
    "SELECT ",
    head!(),
    " FROM session WHERE ((iss = $1 AND sid = $2) OR (iss = $1 AND former_sid = $2 AND former_until > $3)) \
     AND ends_at > $3 ORDER BY created_at DESC, public_id"
);
pub(super) const TOUCH: &str = "UPDATE session SET \
    idle_expires_at = least(greatest(idle_expires_at, $2), absolute_expires_at), \
    last_used_at = greatest(last_used_at, $3) WHERE key = $1 AND ends_at > $3";
/// The sid that it has already changes nothing: else the former one would be forgotten before its time. `least` passes over
/// what is null.
pub(super) const UPDATE: &str = "UPDATE session SET identity = coalesce($2, identity), \
    tokens = coalesce($3, tokens), data = coalesce($4, data), sid = coalesce($5::text, sid), \
    former_sid = CASE WHEN $5 IS NULL OR sid IS NOT DISTINCT FROM $5 THEN former_sid ELSE sid END, \
    former_until = CASE WHEN $5 IS NULL OR sid IS NOT DISTINCT FROM $5 THEN former_until \
        WHEN sid IS NULL THEN NULL ELSE $6 END, \
    idle_expires_at = least(idle_expires_at, $7), absolute_expires_at = least(absolute_expires_at, $7) \
    WHERE key = $1 AND ends_at > $8";

/// Whose sid is to be changed, and which it has.
pub(super) const WHOSE: &str = "SELECT iss, sid FROM session WHERE key = $1 AND ends_at > $2";
/// Whether an end of this sid stands against what was started then.
pub(super) const REFUSES: &str =
    "SELECT 1 FROM mark WHERE kind = 1 AND iss = $1 AND value = $2 AND moment >= $3 AND expires_at > $4";

/// Inserts the row unless a mark stands against it. The locks of those marks are shared already.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    row: &SessionRow,
    now: Timestamp,
) -> Result<Begun, Failure> {
    let former_sid = row.former_sid.as_ref().map(|former| text::stored(&former.sid));
    let former_until = row.former_sid.as_ref().map(|former| former.until.millis());
    let inserted = transaction
        .count(
            INSERT,
            &[
                &&row.key.0[..],
                &text::stored(&row.public_id),
                &text::stored(&row.iss),
                &text::stored(&row.sub),
                &row.sid.as_deref().map(text::stored),
                &row.created_at.millis(),
                &row.last_used_at.millis(),
                &row.idle_expires_at.millis(),
                &row.absolute_expires_at.millis(),
                &row.device,
                &row.identity,
                &row.login_started_at.millis(),
                &former_sid,
                &former_until,
                &row.tokens,
                &row.data,
                &now.millis(),
            ],
        )
        .await?;
    Ok(if inserted == 0 {
        Begun::Refused
    } else {
        Begun::Created
    })
}

pub(super) async fn load(
    client: &Client,
    key: &SessionKey,
    now: Timestamp,
) -> Result<Option<SessionHead>, Failure> {
    let row = client.row(LOAD, &[&&key.0[..], &now.millis()]).await?;
    row.as_ref().map(columns::head).transpose()
}

/// A column of the living session with this key.
pub(super) async fn load_column<T: for<'a> tokio_postgres::types::FromSql<'a>>(
    client: &Client,
    sql: &'static str,
    key: &SessionKey,
    now: Timestamp,
) -> Result<Option<T>, Failure> {
    let row = client.row(sql, &[&&key.0[..], &now.millis()]).await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// By subject or by sid.
pub(super) async fn list(
    client: &Client,
    sql: &'static str,
    iss: &str,
    value: &str,
    now: Timestamp,
) -> Result<Vec<SessionHead>, Failure> {
    let (iss, value) = (text::stored(iss), text::stored(value));
    let rows = client.rows(sql, &[&iss, &value, &now.millis()]).await?;
    rows.iter().map(columns::head).collect()
}

pub(super) async fn touch(
    client: &Client,
    key: &SessionKey,
    idle_expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, Failure> {
    let touched = client
        .count(TOUCH, &[&&key.0[..], &idle_expires_at.millis(), &now.millis()])
        .await?;
    Ok(touched > 0)
}

pub(super) async fn update(
    client: &impl Statements,
    key: &SessionKey,
    change: &Change,
    now: Timestamp,
) -> Result<bool, Failure> {
    let updated = client
        .count(
            UPDATE,
            &[
                &&key.0[..],
                &change.identity,
                &change.tokens,
                &change.data,
                &change.sid.as_ref().map(|new| text::stored(&new.sid)),
                &change.sid.as_ref().map(|new| new.former_until.millis()),
                &change.absolute_at_most.map(Timestamp::millis),
                &now.millis(),
            ],
        )
        .await?;
    Ok(updated > 0)
}

/// The same, where the sid changes too: not if the new one has ended since the change was asked for. The lock of its mark is shared
/// meanwhile, as by a login.
pub(super) async fn update_with_sid(
    client: &mut Client,
    locks: &Locks,
    key: &SessionKey,
    change: &Change,
    now: Timestamp,
) -> Result<bool, Failure> {
    let Some(new) = &change.sid else {
        return update(&*client, key, change, now).await;
    };
    let transaction = connections::transaction(client).await?;
    let whose = transaction.row(WHOSE, &[&&key.0[..], &now.millis()]).await?;
    let Some(whose) = whose else {
        return Ok(false);
    };
    let stored: String = whose.try_get(0)?;
    let has: Option<String> = whose.try_get(1)?;
    let iss = text::read(stored.clone());
    let sid = text::stored(&new.sid);
    if has.as_deref() != Some(&*sid) {
        locks.share(&transaction, &[Mark::of_sid(&iss, &new.sid)]).await?;
        let refused = transaction
            .row(REFUSES, &[&stored, &sid, &new.asked_at.millis(), &now.millis()])
            .await?;
        if refused.is_some() {
            return Ok(false);
        }
    }
    let updated = update(&transaction, key, change, now).await?;
    transaction.commit().await?;
    Ok(updated)
}
