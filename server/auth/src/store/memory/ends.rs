//! The end records, by their places.

use std::collections::BTreeMap;

use crate::{
    clock::Timestamp,
    store::{EndRecord, Farewell, SessionKey, SessionRow},
};

/// Looked through from the newest: for tests and small installations that is soon done, and an index would have to be
/// kept small as well.
#[derive(Default)]
pub(super) struct Ends {
    last: i64,
    records: BTreeMap<i64, EndRecord>,
}

impl Ends {
    pub(super) fn count(&self) -> usize {
        self.records.len()
    }

    /// The place of the last record, one that is gone included.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    pub(super) fn note(&mut self, row: &SessionRow, farewell: &Farewell, now: Timestamp) {
        self.last += 1;
        let record = EndRecord::of(row, farewell, now, self.last);
        self.records.insert(self.last, record);
    }

    pub(super) fn after(&self, seq: i64, limit: u32) -> Vec<EndRecord> {
        let Some(next) = seq.checked_add(1) else {
            return Vec::new();
        };
        self.records
            .range(next..)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(_, record)| record.clone())
            .collect()
    }

    pub(super) fn list(&self, iss: &str, sub: &str, limit: u32, now: Timestamp) -> Vec<EndRecord> {
        let mut ends: Vec<_> = self
            .records
            .values()
            .filter(|record| record.iss == iss && record.sub == sub && now < record.kept_until)
            .cloned()
            .collect();
        ends.sort_by_key(|record| std::cmp::Reverse((record.ended_at, record.seq)));
        ends.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        ends
    }

    pub(super) fn load(&self, key: &SessionKey, now: Timestamp) -> Option<EndRecord> {
        self.records
            .values()
            .rev()
            .find(|record| record.key == *key && now < record.kept_until)
            .cloned()
    }

    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.records.retain(|_, record| now < record.kept_until);
    }
}
