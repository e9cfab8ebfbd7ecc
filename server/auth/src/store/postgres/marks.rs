//! The statements on not-before marks.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;

use super::{connections::Statements as _, error::Failure, text};
use crate::{
    clock::Timestamp,
    store::{MARK_LIFETIME, Mark},
};

/// Of several, the latest moment and the latest expiry stand: of two takes that race, the one that reaches further decides.
pub(super) const WRITE: &str = "INSERT INTO mark (kind, iss, value, moment, expires_at) \
    SELECT kind, iss, value, moment, $5 FROM unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[]) \
        AS written (kind, iss, value, moment) \
    ON CONFLICT (iss, value, kind) DO UPDATE SET moment = greatest(mark.moment, excluded.moment), \
        expires_at = greatest(mark.expires_at, excluded.expires_at)";

/// Writes, `now`, marks that stand at these moments.
pub(super) async fn write(
    transaction: &Transaction<'_>,
    marks: &BTreeMap<Mark, Timestamp>,
    now: Timestamp,
) -> Result<(), Failure> {
    let (mut kinds, mut issuers, mut values, mut moments) = (vec![], vec![], vec![], vec![]);
    for (mark, moment) in marks {
        let (kind, iss, value) = columns(mark);
        kinds.push(kind);
        issuers.push(text::stored(iss));
        values.push(text::stored(value));
        moments.push(moment.millis());
    }
    let expires_at = (now + MARK_LIFETIME).millis();
    transaction
        .count(WRITE, &[&kinds, &issuers, &values, &moments, &expires_at])
        .await?;
    Ok(())
}

fn columns(mark: &Mark) -> (i16, &str, &str) {
    match mark {
        Mark::Sid { iss, sid } => (1, iss, sid),
        Mark::Subject { iss, sub } => (2, iss, sub),
    }
}
