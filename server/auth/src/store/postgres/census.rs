//! How much there is.

use super::{
    columns,
    connections::{Client, Statements as _},
    error::{Failure, Fault},
};
use crate::{clock::Timestamp, store::Census};

/// Goes over one index of sessions; what waits in the outbox is found the same way.
pub(super) const COUNT: &str = "SELECT (SELECT count(*) FROM session WHERE ends_at > $1), \
    (SELECT count(*) FROM outbox WHERE kept_until IS NULL), \
    (SELECT min(created_at) FROM outbox WHERE kept_until IS NULL)";

pub(super) async fn count(client: &Client, now: Timestamp) -> Result<Census, Failure> {
    let row = client.row(COUNT, &[&now.millis()]).await?;
    let row = row.ok_or_else(|| Failure::Fault(Fault::new("the database counted nothing")))?;
    let number = |column| Ok::<_, Failure>(u64::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0));
    Ok(Census {
        sessions: number(0)?,
        outbox_entries: number(1)?,
        outbox_oldest: columns::some_moment(&row, 2)?,
    })
}
