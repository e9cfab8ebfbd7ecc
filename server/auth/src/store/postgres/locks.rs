//! Advisory locks: what makes the first step of a login and the marks of an end exclude one another, also where no row is
//! there yet to be locked.
//!
//! [`begin`] shares the lock of each mark that could stand in its way from before it looks at them until its row is
//! committed. A take has the lock of each mark that it writes alone, from before it selects its sessions until all of it is
//! committed. So a login either is committed before the take looks, and the take finds its session if it selects it, or it looks
//! after the take is committed, and finds the mark.
//!
//! Each lock belongs to one mark. In front of them stands one more, the gate: all share it, but a take that would need very many
//! locks, or that found others to write than it had locked, has it alone, and needs no other.
//!
//! Nobody waits in a circle: locks are taken once in a transaction, the gate first, then in the order of their numbers, before
//! any row is; rows in the order of their keys.
//!
//! [`begin`]: crate::store::Store::begin

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use sha2::{Digest as _, Sha256};

use super::{connections::Statements as _, error::Failure};
use crate::store::Mark;

/// The locks of one schema: others in the same database have others.
#[derive(Clone, Debug)]
pub(super) struct Locks {
    schema: String,
}

/// In the order of the array, which a plain scan of it keeps.
const LOCK: &str = "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(number) IS NULL \
    ELSE pg_advisory_xact_lock_shared(number) IS NULL END \
    FROM unnest($1::bigint[], $2::boolean[]) AS lock (number, alone)";

impl Locks {
    pub(super) fn of(schema: &str) -> Self {
        Self {
            schema: schema.to_owned(),
        }
    }

    /// Shares the gate and the locks of these marks.
    pub(super) async fn share(&self, transaction: &Transaction<'_>, marks: &[Mark]) -> Result<(), Failure> {
        self.lock(transaction, false, &self.numbers(marks), false).await
    }

    /// Has the locks of these marks alone, and shares the gate.
    pub(super) async fn have(&self, transaction: &Transaction<'_>, marks: &[Mark]) -> Result<(), Failure> {
        self.lock(transaction, false, &self.numbers(marks), true).await
    }

    /// Has the gate alone, and with it every mark.
    pub(super) async fn have_all(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        self.lock(transaction, true, &BTreeSet::new(), true).await
    }

    async fn lock(
        &self,
        transaction: &Transaction<'_>,
        gate_alone: bool,
        marks: &BTreeSet<i64>,
        marks_alone: bool,
    ) -> Result<(), Failure> {
        let (mut numbers, mut alone) = (vec![self.gate()], vec![gate_alone]);
        for number in marks {
            numbers.push(*number);
            alone.push(marks_alone);
        }
        transaction.rows(LOCK, &[&numbers, &alone]).await?;
        Ok(())
    }

    fn gate(&self) -> i64 {
        self.number(&["gate"])
    }

    /// Of which one reader at a time gives ends their places.
    pub(super) fn places(&self) -> i64 {
        self.number(&["places"])
    }

    /// In order.
    fn numbers<'a>(&self, marks: impl IntoIterator<Item = &'a Mark>) -> BTreeSet<i64> {
        let number = |mark: &Mark| match mark {
            Mark::Sid { iss, sid } => self.number(&["sid", iss, sid]),
            Mark::Subject { iss, sub } => self.number(&["sub", iss, sub]),
        };
        marks.into_iter().map(number).collect()
    }

    fn number(&self, parts: &[&str]) -> i64 {
        number(&self.schema, parts)
    }
}

/// The number of a lock. Two that have the same one wait for each other without need, and that is all.
pub(super) fn number(schema: &str, parts: &[&str]) -> i64 {
    let mut hash = Sha256::new();
    for part in ["exeunt", schema].iter().chain(parts) {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(8)
        .fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_has_another_lock() {
        let (sid, sub) = ("s".to_owned(), "s".to_owned());
        let marks = [
            Mark::Sid { iss: "i".into(), sid },
            Mark::Subject { iss: "i".into(), sub },
            Mark::Sid {
                iss: "is".into(),
                sid: String::new(),
            },
            Mark::Sid {
                iss: "i".into(),
                sid: "ss".into(),
            },
        ];
        let (here, there) = (Locks::of("a"), Locks::of("b"));
        let mut numbers: BTreeSet<i64> = here.numbers(&marks);
        numbers.extend(there.numbers(&marks));
        numbers.extend([here.gate(), there.gate(), here.places(), there.places()]);
        assert_eq!(numbers.len(), 12);
        assert_eq!(here.numbers(&marks), Locks::of("a").numbers(&marks));
    }
}
