//! The feed: what other processes ended, found in the store and told here. The operator's command is one.

use std::time::Duration;

use super::hub::End;
use crate::{
    Exeunt,
    store::{EndRecord, StoreError},
};

/// How long the store is left in peace, while somebody listens, unless it tells of an end.
pub const INTERVAL: Duration = Duration::from_millis(500);

/// How many end records are read at once.
const PAGE: u32 = 256;

/// Follows the ends for ever; spawn it, and abort it at shutdown. While nobody listens it asks nothing.
pub async fn run(exeunt: Exeunt) {
    loop {
        exeunt.hub().somebody_listens().await;
        if let Err(error) = follow_once(&exeunt).await {
            tracing::warn!(target: "exeunt::events", %error, "what ended elsewhere could not be read");
        }
        exeunt.store().wait_for_ends(INTERVAL).await;
    }
}

/// Tells what ended since the last time. Returns how many ends it found.
///
/// # Errors
///
/// If the store does not answer; then it goes on from the same place the next time.
pub async fn follow_once(exeunt: &Exeunt) -> Result<usize, StoreError> {
    let hub = exeunt.hub();
    let Some(mut place) = hub.place() else {
        return Ok(0);
    };
    let mut found = 0;
    loop {
        let ends = exeunt.store().ends_after(place, PAGE).await?;
        found += ends.len();
        let is_last_page = ends.len() < PAGE as usize;
        for end in ends {
            place = end.seq;
            let key = end.key;
            hub.ended(&key, || end.into());
        }
        hub.told_until(place);
        if is_last_page {
            return Ok(found);
        }
    }
}

/// Begins to follow, if nobody has: from now on no end is missed.
pub(super) async fn begin(exeunt: &Exeunt) -> Result<(), StoreError> {
    if exeunt.hub().place().is_none() {
        exeunt.hub().begin_at(exeunt.store().last_end().await?);
    }
    Ok(())
}

impl From<EndRecord> for End {
    fn from(record: EndRecord) -> Self {
        Self {
            why: record.reason,
            at: record.ended_at,
        }
    }
}
