//! Which rows a selector names.

use deadpool_postgres::Transaction;

use super::{
    columns,
    connections::{Parameters, Statements as _},
    error::Failure,
    text,
};
use crate::{
    clock::Timestamp,
    store::{FormerSid, Mark, MarkRule, RETENTION, Selector, SessionKey, SessionRow},
};

/// The rows that a take may have, by the name of a selector: asked for what their marks would be, and locked.
struct Statement {
    peek: &'static str,
    lock: &'static str,
}

/// Of those that are living or expired a short while ago; rows that expired earlier are left to [`EXPIRED`]. The look is
/// not at more rows than it needs to see that there are too many.
macro_rules! select {
    ($condition:literal) => {
        Statement {
            peek: concat!(
                "SELECT DISTINCT iss, sub, sid, former_sid, former_until FROM session WHERE (",
                $condition,
                ") AND ends_at > $1 LIMIT 100"
            ),
            lock: concat!(
                "SELECT key FROM session WHERE (",
                $condition,
                ") AND ends_at > $1 ORDER BY key FOR UPDATE"
            ),
        }
    };
}

const KEY: Statement = select!("key = $2");
const SID: Statement = select!(
    "((iss = $2 AND sid = $3) OR (iss = $2 AND former_sid = $3 AND former_until > $4) \
     OR (iss = $2 AND sub = $5 AND sid IS NULL AND login_started_at <= $6)) AND ($5::text IS NULL OR sub = $5)"
);
const SUBJECT: Statement =
    select!("iss = $2 AND sub = $3 AND ($4::bigint IS NULL OR login_started_at <= $4)");
const PUBLIC_ID: Statement = select!("public_id = $2 AND ($3::text IS NULL OR (iss = $3 AND sub = $4))");
/// What somebody else is about to take is passed over.
const EXPIRED: Statement = Statement {
    peek: "SELECT iss, sub, sid, former_sid, former_until FROM session WHERE ends_at <= $1 ORDER BY ends_at, key LIMIT $2",
    lock: "SELECT key FROM session WHERE ends_at <= $1 ORDER BY ends_at, key LIMIT $2 FOR UPDATE SKIP LOCKED",
};

/// The marks that a take by this selector and rule would write as things stand, its own included. What it comes upon when it
/// has locked its rows may be others.
pub(super) async fn marks_ahead(
    transaction: &Transaction<'_>,
    selector: &Selector,
    rule: MarkRule,
    now: Timestamp,
) -> Result<Vec<Mark>, Failure> {
    let mut rows = Vec::new();
    for row in run(transaction, selector, |statement| statement.peek, now).await? {
        let former = columns::some_text(&row, 3)?.zip(columns::some_moment(&row, 4)?);
        rows.push(SessionRow {
            key: SessionKey([0; 32]),
            public_id: String::new(),
            iss: columns::text(&row, 0)?,
            sub: columns::text(&row, 1)?,
            sid: columns::some_text(&row, 2)?,
            former_sid: former.map(|(sid, until)| FormerSid { sid, until }),
            login_started_at: now,
            created_at: now,
            last_used_at: now,
            idle_expires_at: now,
            absolute_expires_at: now,
            device: Vec::new(),
            identity: Vec::new(),
            tokens: Vec::new(),
            data: None,
        });
    }
    Ok(Mark::written_by(selector, rule, &rows, now).into_keys().collect())
}

/// Locks the selected rows, and gives their keys.
pub(super) async fn lock(
    transaction: &Transaction<'_>,
    selector: &Selector,
    now: Timestamp,
) -> Result<Vec<[u8; 32]>, Failure> {
    let rows = run(transaction, selector, |statement| statement.lock, now).await?;
    rows.iter().map(|row| columns::key(row, 0)).collect()
}

async fn run(
    transaction: &Transaction<'_>,
    selector: &Selector,
    which: fn(&Statement) -> &'static str,
    now: Timestamp,
) -> Result<Vec<tokio_postgres::Row>, Failure> {
    let expired = (now - RETENTION).millis();
    let run = async |statement: &Statement, parameters: Parameters<'_>| {
        transaction.rows(which(statement), parameters).await
    };
    match selector {
        Selector::Key(key) => run(&KEY, &[&expired, &&key.0[..]]).await,
        Selector::Sid { iss, sid, sub } => {
            let by = sub.as_ref().and_then(|named| named.nameless_started_by);
            let sub = sub.as_ref().map(|named| text::stored(&named.sub));
            let (iss, sid) = (text::stored(iss), text::stored(sid));
            let by = by.map(Timestamp::millis);
            run(&SID, &[&expired, &iss, &sid, &now.millis(), &sub, &by]).await
        }
        Selector::Subject { iss, sub, started_by } => {
            let (iss, sub) = (text::stored(iss), text::stored(sub));
            let by = started_by.map(Timestamp::millis);
            run(&SUBJECT, &[&expired, &iss, &sub, &by]).await
        }
        Selector::PublicId { public_id, whose } => {
            let public_id = text::stored(public_id);
            let iss = whose.as_ref().map(|person| text::stored(&person.iss));
            let sub = whose.as_ref().map(|person| text::stored(&person.sub));
            run(&PUBLIC_ID, &[&expired, &public_id, &iss, &sub]).await
        }
        Selector::Expired { limit } => run(&EXPIRED, &[&expired, &i64::from(*limit)]).await,
    }
}
