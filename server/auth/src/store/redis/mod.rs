//! [`RedisStore`]: sessions in Redis, Redis Cluster or Valkey, for several instances.
//!
//! Each method is one script, which the engine runs alone. All keys bear the store's name as their hash tag and so lie on one
//! server: a cluster gives failover, not more room for one app. No key has a time to live: what is past its time is found
//! through sorted sets and leaves with all its index entries, by a take or by a sweep, at moments that the caller names.
//!
//! What lasts depends on the engine: see [`RedisStore::notes`], and ADR 17 for what a failover may lose.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use redis::Value;

use self::{
    call::Calls,
    keys::KINDS,
    listener::Listener,
    record::{Malformed, digits, optional},
    script::{Prepared, Scripts},
};
use super::{
    Begun, Census, Change, EndRecord, Lease, Mark, OutboxEntry, OutboxId, PendingKey, Place, SealedColumns,
};
use super::{SessionHead, SessionKey, SessionRow, Settlement, Store, StoreError, Take, Taken, Walked};
use crate::clock::Timestamp;

mod address;
mod call;
mod error;
mod keys;
mod link;
mod listener;
mod notes;
mod opening;
mod record;
mod resealing;
mod rows;
mod script;
mod settings;
mod taking;

pub use address::{RedisAddress, RedisAddressError};
pub use error::{EngineFault, OpenError};
pub use notes::Note;
pub use settings::RedisSettings;

/// So many rows of each kind one step of a sweep removes, so that no sign-out waits long behind it.
const SWEPT_AT_ONCE: &str = "500";

/// Sessions in Redis, Redis Cluster or Valkey.
///
/// Any number of processes may open the same store; each sees what the others did. Its methods need a tokio runtime with
/// time enabled, the one in which it was opened or another.
pub struct RedisStore {
    name: String,
    scripts: Scripts,
    calls: Arc<Calls>,
    listener: Listener,
    notes: Vec<Note>,
}

impl RedisStore {
    /// What is allowed about the engine but may lose what the store reported. Worth a line in the log each.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    async fn run<T: redis::FromRedisValue>(
        &self,
        script: &Prepared,
        arguments: &[&[u8]],
    ) -> Result<T, StoreError> {
        self.calls.run(script, arguments).await
    }

    /// One part of a living session.
    async fn part(
        &self,
        key: &SessionKey,
        now: Timestamp,
        part: &str,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        let now = digits(now);
        let arguments = [&key.0[..], now.as_bytes(), part.as_bytes()];
        let found: Vec<Option<Vec<u8>>> = self.run(&self.scripts.load, &arguments).await?;
        Ok(found.into_iter().next())
    }

    async fn list_by(
        &self,
        index: &str,
        iss: &str,
        value: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let now = digits(now);
        let arguments = [now.as_bytes(), index.as_bytes(), iss.as_bytes(), value.as_bytes()];
        let found = self.run(&self.scripts.list, &arguments).await?;
        let mut heads = pairs(found, rows::session_head)?;
        rows::newest_first(&mut heads);
        Ok(heads)
    }
}

/// Two by two: a key, and the record that belongs to it.
fn pairs<T>(
    found: Vec<Vec<u8>>,
    read: impl Fn(&[u8], &[u8]) -> Result<T, Malformed>,
) -> Result<Vec<T>, StoreError> {
    let (pairs, rest) = found.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Malformed.into());
    }
    let rows = pairs.iter().map(|[key, record]| read(key, record));
    Ok(rows.collect::<Result<_, _>>()?)
}

#[async_trait]
impl Store for RedisStore {
    async fn begin(&self, row: SessionRow, now: Timestamp) -> Result<Begun, StoreError> {
        let (record, now) = (rows::session_record(&row), digits(now));
        let marks: Vec<_> = Mark::against(&row).iter().map(taking::mark).collect();
        let has_data: &[u8] = if row.data.is_some() { b"1" } else { b"0" };
        let data = row.data.as_deref().unwrap_or_default();
        let mut arguments = vec![
            &row.key.0[..],
            &record,
            &row.tokens,
            has_data,
            data,
            now.as_bytes(),
        ];
        arguments.extend(marks.iter().map(Vec::as_slice));
        let did: String = self.run(&self.scripts.begin, &arguments).await?;
        match did.as_str() {
            "created" => Ok(Begun::Created),
            "refused" => Ok(Begun::Refused),
            "duplicate" => Err(StoreError::Duplicate),
            _ => Err(Malformed.into()),
        }
    }

    async fn load(&self, key: &SessionKey, now: Timestamp) -> Result<Option<SessionHead>, StoreError> {
        let record = self.part(key, now, "head").await?.flatten();
        Ok(record
            .map(|record| rows::session_head(&key.0, &record))
            .transpose()?)
    }

    async fn load_tokens(&self, key: &SessionKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.part(key, now, "tokens").await?.flatten())
    }

    async fn load_data(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Option<Vec<u8>>>, StoreError> {
        self.part(key, now, "data").await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (idle, now) = (digits(idle_expires_at), digits(now));
        let arguments = [&key.0[..], idle.as_bytes(), now.as_bytes()];
        self.run(&self.scripts.touch, &arguments).await
    }

    async fn update(&self, key: &SessionKey, change: Change, now: Timestamp) -> Result<bool, StoreError> {
        let (sid, former_until, asked_at) = change.sid.map_or_else(Default::default, |new| {
            (
                optional(Some(new.sid.as_bytes())),
                digits(new.former_until),
                digits(new.asked_at),
            )
        });
        let (now, at_most) = (digits(now), record::moment_or_none(change.absolute_at_most));
        let parts = [change.identity, change.tokens, change.data].map(|part| optional(part.as_deref()));
        let [identity, tokens, data] = &parts;
        let arguments = [
            &key.0[..],
            now.as_bytes(),
            identity,
            tokens,
            data,
            &sid,
            former_until.as_bytes(),
            asked_at.as_bytes(),
            at_most.as_bytes(),
        ];
        self.run(&self.scripts.update, &arguments).await
    }

    async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, StoreError> {
        let arguments = taking::arguments(take, &self.name, now);
        let arguments: Vec<_> = arguments.iter().map(Vec::as_slice).collect();
        let answer: Vec<Value> = self.run(&self.scripts.take, &arguments).await?;
        Ok(taking::taken(answer)?)
    }

    async fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Result<Vec<SessionHead>, StoreError> {
        self.list_by("subject", iss, sub, now).await
    }

    async fn list_by_sid(
        &self,
        iss: &str,
        sid: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionHead>, StoreError> {
        self.list_by("sid", iss, sid, now).await
    }

    async fn last_end(&self) -> Result<i64, StoreError> {
        self.run(&self.scripts.last_end, &[]).await
    }

    async fn ends_after(&self, seq: i64, limit: u32) -> Result<Vec<EndRecord>, StoreError> {
        let heard = self.listener.heard();
        let (seq, limit) = (seq.to_string(), limit.to_string());
        let arguments = [seq.as_bytes(), limit.as_bytes()];
        let ends = pairs(
            self.run(&self.scripts.ends_after, &arguments).await?,
            rows::end_record,
        )?;
        self.listener.followed(heard);
        Ok(ends)
    }

    async fn wait_for_ends(&self, at_most: Duration) {
        self.listener.wait(&self.calls, at_most).await;
    }

    async fn list_ends(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<EndRecord>, StoreError> {
        let (limit, now) = (limit.to_string(), digits(now));
        let arguments = [iss.as_bytes(), sub.as_bytes(), limit.as_bytes(), now.as_bytes()];
        pairs(
            self.run(&self.scripts.list_ends, &arguments).await?,
            rows::end_record,
        )
    }

    async fn load_end(&self, key: &SessionKey, now: Timestamp) -> Result<Option<EndRecord>, StoreError> {
        let now = digits(now);
        let found = self
            .run(&self.scripts.load_end, &[&key.0, now.as_bytes()])
            .await?;
        Ok(pairs(found, rows::end_record)?.pop())
    }

    async fn put_outbox(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        let arguments = [&entry.id.0[..], &rows::outbox_record(&entry)];
        match self.run(&self.scripts.put_outbox, &arguments).await? {
            true => Ok(()),
            false => Err(StoreError::Duplicate),
        }
    }

    async fn lease_outbox(
        &self,
        which: Lease,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let (which, what) = match which {
            Lease::One(id) => ("one", id.0.to_vec()),
            Lease::Due(most) => ("due", most.to_string().into_bytes()),
        };
        let (until, now) = (digits(until), digits(now));
        let arguments = [which.as_bytes(), &what, until.as_bytes(), now.as_bytes()];
        pairs(
            self.run(&self.scripts.lease_outbox, &arguments).await?,
            rows::outbox_entry,
        )
    }

    async fn settle_outbox(
        &self,
        id: &OutboxId,
        leased_until: Timestamp,
        settlement: Settlement,
    ) -> Result<bool, StoreError> {
        let (what, progress, at) = match settlement {
            Settlement::Again { progress, due_at } => ("again", progress, due_at),
            Settlement::Over { progress, kept_until } => ("over", progress, kept_until),
        };
        let (leased_until, at) = (digits(leased_until), digits(at));
        let arguments = [
            &id.0[..],
            leased_until.as_bytes(),
            what.as_bytes(),
            progress.as_bytes(),
            at.as_bytes(),
        ];
        self.run(&self.scripts.settle_outbox, &arguments).await
    }

    async fn load_outbox(&self, id: &OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        let mut found: Vec<Vec<u8>> = self.run(&self.scripts.load_outbox, &[&id.0]).await?;
        Ok(found
            .pop()
            .map(|record| rows::outbox_entry(&id.0, &record))
            .transpose()?)
    }

    async fn put_pending(
        &self,
        key: &PendingKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let expires_at = digits(expires_at);
        let arguments = [&key.0[..], &sealed, expires_at.as_bytes()];
        self.run(&self.scripts.put_pending, &arguments).await
    }

    async fn load_pending(&self, key: &PendingKey, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let now = digits(now);
        let mut found: Vec<Vec<u8>> = self
            .run(&self.scripts.load_pending, &[&key.0, now.as_bytes()])
            .await?;
        Ok(found.pop())
    }

    async fn swap_pending(
        &self,
        key: &PendingKey,
        expected: &[u8],
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let now = digits(now);
        let arguments = [&key.0[..], expected, &sealed, now.as_bytes()];
        self.run(&self.scripts.swap_pending, &arguments).await
    }

    async fn claim(
        &self,
        purpose: &str,
        id: &[u8; 32],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (claim, until, now) = (taking::claim(purpose, id), digits(until), digits(now));
        let arguments = [&claim[..], until.as_bytes(), now.as_bytes()];
        self.run(&self.scripts.claim, &arguments).await
    }

    async fn release(&self, purpose: &str, id: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        let (claim, until) = (taking::claim(purpose, id), digits(until));
        self.run(&self.scripts.release, &[&claim, until.as_bytes()]).await
    }

    async fn walk(&self, from: Option<&Place>, limit: u32) -> Result<Walked, StoreError> {
        let cursor = from.map_or(&b"0"[..], |place| &place.0);
        let limit = limit.to_string();
        let (next, found): (Vec<u8>, Vec<resealing::Found>) =
            self.run(&self.scripts.walk, &[cursor, limit.as_bytes()]).await?;
        Ok(resealing::walked(next, &found)?)
    }

    async fn reseal(&self, before: &SealedColumns, after: &SealedColumns) -> Result<bool, StoreError> {
        let (data, new_data) = (optional(before.data.as_deref()), optional(after.data.as_deref()));
        let arguments = [
            &before.key.0[..],
            &before.device,
            &before.identity,
            &before.tokens,
            &data,
            &after.device,
            &after.identity,
            &after.tokens,
            &new_data,
        ];
        self.run(&self.scripts.reseal, &arguments).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        let (now, mut total) = (digits(now), 0);
        loop {
            let arguments = [now.as_bytes(), SWEPT_AT_ONCE.as_bytes()];
            let (removed, more): (u64, bool) = self.run(&self.scripts.sweep, &arguments).await?;
            total += removed;
            if !more {
                return Ok(total);
            }
        }
    }

    async fn census(&self, now: Timestamp) -> Result<Census, StoreError> {
        let now = digits(now);
        let (sessions, outbox_entries, oldest): (u64, u64, String) =
            self.run(&self.scripts.census, &[now.as_bytes()]).await?;
        let oldest = Some(oldest).filter(|oldest| !oldest.is_empty());
        let oldest = oldest.map(|millis| millis.parse().map(Timestamp::from_millis));
        Ok(Census {
            sessions,
            outbox_entries,
            outbox_oldest: oldest.transpose().map_err(|_not_digits| Malformed)?,
        })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.run(&self.scripts.probe, &[]).await
    }
}

impl fmt::Debug for RedisStore {
    /// Neither where it is nor who signs in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
