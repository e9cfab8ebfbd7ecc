//! What was measured: each value of each run, and what a reader needs of them.

use serde::{Deserialize, Serialize};

/// One thing that was measured, at one store of one size.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The store.
    pub(crate) store: String,
    /// How many sessions it held.
    pub(crate) sessions: u64,
    /// What.
    pub(crate) measure: String,
    /// In what.
    pub(crate) unit: String,
    /// What each run gave.
    pub(crate) runs: Vec<f64>,
}

impl Record {
    /// The middle one of the runs.
    #[must_use]
    pub(crate) fn median(&self) -> f64 {
        let mut runs = self.runs.clone();
        runs.sort_by(f64::total_cmp);
        let middle = runs.len() / 2;
        let at = |index: usize| runs.get(index).copied().unwrap_or(f64::NAN);
        if runs.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
        }
    }

    /// The least and the greatest.
    #[must_use]
    pub(crate) fn spread(&self) -> (f64, f64) {
        let least = self.runs.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.runs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (least, greatest)
    }
}

/// All of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Book {
    /// On what machine, in words.
    pub(crate) machine: String,
    /// When, as a date.
    pub(crate) date: String,
    /// The records, in the order in which they were begun.
    pub(crate) records: Vec<Record>,
}

impl Book {
    /// Forgets what was measured of a store, before it is measured anew.
    pub(crate) fn forget(&mut self, store: &str) {
        self.records.retain(|record| record.store != store);
    }

    /// Notes what a run gave.
    #[expect(clippy::print_stderr, reason = "a person is waiting")]
    pub(crate) fn note(&mut self, store: &str, sessions: u64, measure: &str, unit: &str, value: f64) {
        eprintln!("{store:9} {sessions:>8}  {measure:44} {value:>12.2} {unit}");
        let found = self
            .records
            .iter_mut()
            .find(|record| record.store == store && record.sessions == sessions && record.measure == measure);
        match found {
            Some(record) => record.runs.push(value),
            None => self.records.push(Record {
                store: store.to_owned(),
                sessions,
                measure: measure.to_owned(),
                unit: unit.to_owned(),
                runs: vec![value],
            }),
        }
    }

    /// What was measured of this.
    #[must_use]
    pub(crate) fn find(&self, store: &str, sessions: u64, measure: &str) -> Option<&Record> {
        self.records
            .iter()
            .find(|record| record.store == store && record.sessions == sessions && record.measure == measure)
    }
}
