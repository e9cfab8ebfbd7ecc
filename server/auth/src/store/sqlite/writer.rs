//! The one thread that writes. It commits in groups: the wait for the disk is shared by all who wait for it.

use std::{
    num::NonZeroUsize,
    sync::Arc,
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{
    checkpoints::Checkpoints,
    error::{BatchError, OpenError, store_error},
    queue::Queue,
};
use crate::store::StoreError;

/// The writing thread and what waits for it.
pub(super) struct Writer {
    queue: Arc<Queue<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        checkpoints: Checkpoints,
        queue_capacity: NonZeroUsize,
        batch: NonZeroUsize,
    ) -> Result<Self, OpenError> {
        let queue = Arc::new(Queue::new(queue_capacity));
        let theirs = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("exeunt-store-write".into())
            .spawn(move || run(connection, checkpoints, &theirs, batch))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// Hands an operation to the thread. It completes even if nobody waits for the answer any more, and the answer
    /// comes only after the commit.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        company: Company,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.push(Box::new(Operation {
            company,
            operation: Some(operation),
            outcome: None,
            answer,
        }))?;
        Ok(answered)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// With whom an operation shares its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// With whatever else waits.
    Shared,
    /// With nothing: it may touch thousands of rows. In company, a copy of each page that it changes would be kept so that
    /// it could be undone by itself.
    Alone,
}

/// One operation of a batch.
trait Job: Send {
    fn company(&self) -> Company;

    /// Runs it. False: it failed, and what it did must not stay.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Tells its caller how it ended, now that the batch is committed or lost.
    fn answer(self: Box<Self>, batch: Result<(), BatchError>);
}

struct Operation<F, T> {
    company: Company,
    operation: Option<F>,
    outcome: Option<rusqlite::Result<T>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Operation<F, T>
where
    F: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn company(&self) -> Company {
        self.company
    }

    fn run(&mut self, connection: &Connection) -> bool {
        if let Some(operation) = self.operation.take() {
            self.outcome = Some(operation(connection));
        }
        matches!(self.outcome, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, batch: Result<(), BatchError>) {
        let answer = match (batch, self.outcome) {
            (Err(lost), _) => Err(StoreError::backend(lost)),
            (Ok(()), Some(outcome)) => outcome.map_err(store_error),
            (Ok(()), None) => Err(StoreError::backend("the operation was not run")),
        };
        let _ = self.answer.send(answer);
    }
}

fn run(
    mut connection: Connection,
    checkpoints: Checkpoints,
    queue: &Queue<Box<dyn Job>>,
    batch: NonZeroUsize,
) {
    let _abandons = AbandonOnExit(queue);
    loop {
        let jobs = queue.drain(batch);
        if jobs.is_empty() {
            break;
        }
        for mut group in groups(jobs) {
            let committed = commit(&mut connection, &mut group).map_err(BatchError::from);
            for job in group {
                job.answer(committed.clone());
            }
        }
    }
    checkpoints.stop(&mut connection);
    // Leaves one file that can be copied. With another process on it, or a fault, the log stays and is read next time.
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(())) {
        tracing::warn!(%error, "the session store was closed without emptying its write-ahead log");
    }
}

/// What shares a transaction, in the order in which it came.
fn groups(jobs: Vec<Box<dyn Job>>) -> Vec<Vec<Box<dyn Job>>> {
    let mut groups: Vec<Vec<Box<dyn Job>>> = Vec::new();
    for job in jobs {
        match groups.last_mut() {
            Some(group)
                if [&job, &group[0]]
                    .iter()
                    .all(|job| job.company() == Company::Shared) =>
            {
                group.push(job);
            }
            _ => groups.push(vec![job]),
        }
    }
    groups
}

/// Runs the jobs in one transaction, each so that it stays only if it succeeded. An error means that none of them happened.
fn commit(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let [job] = jobs {
        let succeeded = job.run(&transaction);
        still_open(&transaction)?;
        return if succeeded {
            transaction.commit()
        } else {
            transaction.rollback()
        };
    }
    for job in jobs {
        // Prepared once; the library's own savepoints are parsed each time.
        transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
        let succeeded = job.run(&transaction);
        still_open(&transaction)?;
        if !succeeded {
            transaction.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        transaction.prepare_cached("RELEASE job")?.execute([])?;
    }
    transaction.commit()
}

/// Some faults (disk full, I/O) end the whole transaction. What came before is lost with it, and what follows would commit by
/// itself: nothing more may be run.
fn still_open(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT_ROLLBACK),
            Some("a fault of the database ended the transaction".into()),
        ));
    }
    Ok(())
}

/// Should the thread end by a panic, those who wait hear of it at once and nobody queues up behind it.
struct AbandonOnExit<'a>(&'a Queue<Box<dyn Job>>);

impl Drop for AbandonOnExit<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

#[cfg(test)]
mod tests;
