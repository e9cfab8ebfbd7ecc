//! The outbox and the order in which its entries are due.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use crate::{
    clock::Timestamp,
    store::{Lease, OutboxEntry, OutboxId, Queue, SessionRow, Settlement, StoreError},
};

#[derive(Default)]
pub(super) struct Outbox {
    entries: HashMap<OutboxId, OutboxEntry>,
    /// Those that are not over.
    by_due: BTreeSet<(Timestamp, OutboxId)>,
    /// The same by when they came.
    by_age: BTreeSet<(Timestamp, OutboxId)>,
}

impl Outbox {
    pub(super) fn count(&self) -> usize {
        self.entries.len()
    }

    /// How many are not over, and since when the oldest of them waits.
    pub(super) fn waiting(&self) -> (usize, Option<Timestamp>) {
        let oldest = self.by_age.first().map(|(created_at, _)| *created_at);
        (self.by_age.len(), oldest)
    }

    pub(super) fn get(&self, id: &OutboxId) -> Option<&OutboxEntry> {
        self.entries.get(id)
    }

    pub(super) fn put(&mut self, entry: OutboxEntry) -> Result<(), StoreError> {
        let Entry::Vacant(place) = self.entries.entry(entry.id) else {
            return Err(StoreError::Duplicate);
        };
        if entry.kept_until.is_none() {
            self.by_due.insert((entry.due_at, entry.id));
            self.by_age.insert((entry.created_at, entry.id));
        }
        place.insert(entry);
        Ok(())
    }

    /// Queues the tokens of a row that was taken. Its key is never used twice, so what stood under it, should anything,
    /// gives way: an end must not fail here.
    pub(super) fn queue(&mut self, row: &SessionRow, queue: &Queue, now: Timestamp) {
        let entry = OutboxEntry::left_by(row, queue, now);
        if let Some(before) = self.entries.get(&entry.id) {
            self.by_due.remove(&(before.due_at, before.id));
            self.by_age.remove(&(before.created_at, before.id));
        }
        self.by_due.insert((entry.due_at, entry.id));
        self.by_age.insert((entry.created_at, entry.id));
        self.entries.insert(entry.id, entry);
    }

    pub(super) fn lease(&mut self, which: Lease, until: Timestamp, now: Timestamp) -> Vec<OutboxEntry> {
        let free = |id: &OutboxId| {
            let entry = self.entries.get(id);
            entry.is_some_and(|entry| {
                entry.kept_until.is_none() && entry.leased_until.is_none_or(|until| until <= now)
            })
        };
        let ids: Vec<OutboxId> = match which {
            Lease::One(id) => std::iter::once(id).filter(free).collect(),
            Lease::Due(most) => self
                .by_due
                .iter()
                .take_while(|(due_at, _)| *due_at <= now)
                .map(|(_, id)| *id)
                .filter(free)
                .take(usize::try_from(most).unwrap_or(usize::MAX))
                .collect(),
        };
        let mut leased = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.leased_until = Some(until);
                entry.attempts = entry.attempts.saturating_add(1);
                leased.push(entry.clone());
            }
        }
        leased
    }

    pub(super) fn settle(&mut self, id: &OutboxId, leased_until: Timestamp, settlement: Settlement) -> bool {
        let Some(entry) = self.entries.get_mut(id) else {
            return false;
        };
        if entry.leased_until != Some(leased_until) {
            return false;
        }
        self.by_due.remove(&(entry.due_at, *id));
        entry.leased_until = None;
        match settlement {
            Settlement::Again { progress, due_at } => {
                entry.progress = progress;
                entry.due_at = due_at;
                self.by_due.insert((due_at, *id));
            }
            Settlement::Over { progress, kept_until } => {
                entry.progress = progress;
                entry.sealed = Vec::new();
                entry.kept_until = Some(kept_until);
                self.by_age.remove(&(entry.created_at, *id));
            }
        }
        true
    }

    /// Removes what is over and was kept long enough.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.entries
            .retain(|_, entry| entry.kept_until.is_none_or(|until| now < until));
    }
}
