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
        later: Later,
    ) -> Result<Self, OpenError> {
        let queue = Arc::new(Queue::new(queue_capacity));
        let theirs = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("exeunt-store-write".into())
            .spawn(move || run(connection, checkpoints, &theirs, batch, later))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// Hands an operation to the thread. It completes even if nobody waits for the answer any more, and the answer
    /// comes only after the commit. Where another of its batch fails it is rolled back with it and run again, so it does nothing but what the
    /// connection undoes.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        company: Company,
        operation: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.push(Box::new(Operation {
            company,
            operation,
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

/// What an operation that ran alone has left to be done, a piece at each call, each in a transaction of its own; true as long as there
/// may be more. At the start something may be left of another time. What fails is tried again after the next that runs alone.
pub(super) type Later = fn(&Connection) -> rusqlite::Result<bool>;

/// With whom an operation shares its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// With whatever else waits.
    Shared,
    /// With nothing: it may touch thousands of rows, and should not have to do so again because another failed.
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
    operation: F,
    outcome: Option<rusqlite::Result<T>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Operation<F, T>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn company(&self) -> Company {
        self.company
    }

    fn run(&mut self, connection: &Connection) -> bool {
        self.outcome = Some((self.operation)(connection));
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
    later: Later,
) {
    let _abandons = AbandonOnExit(queue);
    let mut is_left = true;
    loop {
        let jobs = if is_left {
            queue.drain_now(batch)
        } else {
            queue.drain(batch)
        };
        if jobs.is_empty() && !is_left {
            break;
        }
        is_left |= jobs.iter().any(|job| job.company() == Company::Alone);
        for mut group in groups(jobs) {
            match commit(&mut connection, &mut group) {
                Ok(Committed::AllOrFailed) => answer_all(group, &Ok(())),
                Ok(Committed::Nothing) => commit_each(&mut connection, group),
                Err(lost) => answer_all(group, &Err(lost.into())),
            }
        }
        is_left = is_left && some_of_what_is_left(&mut connection, later);
    }
    checkpoints.stop(&mut connection);
    // Leaves one file that can be copied. With another process on it, or a fault, the log stays and is read next time.
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(())) {
        tracing::warn!(%error, "the session store was closed without emptying its write-ahead log");
    }
}

fn some_of_what_is_left(connection: &mut Connection, later: Later) -> bool {
    let done = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .and_then(|transaction| {
            let is_more = later(&transaction)?;
            transaction.commit()?;
            Ok(is_more)
        });
    done.unwrap_or_else(|error| {
        tracing::warn!(%error, "what belongs to the end of many sessions could not be written; it is tried again");
        false
    })
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

fn answer_all(jobs: Vec<Box<dyn Job>>, batch: &Result<(), BatchError>) {
    for job in jobs {
        job.answer(batch.clone());
    }
}

/// What became of jobs that were run in one transaction.
enum Committed {
    /// Each did what its outcome says, and of a single one that failed nothing is left.
    AllOrFailed,
    /// One of several failed, and nothing of any of them is left: each is to be run by itself.
    Nothing,
}

/// Runs the jobs in one transaction. They almost never fail, so nothing is kept to undo one alone: a savepoint for each would
/// copy every page that they change, and took half of the writer's time. An error means that none of them happened.
fn commit(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<Committed> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let is_alone = jobs.len() == 1;
    for job in jobs {
        let succeeded = job.run(&transaction);
        still_open(&transaction)?;
        if !succeeded {
            transaction.rollback()?;
            return Ok(if is_alone {
                Committed::AllOrFailed
            } else {
                Committed::Nothing
            });
        }
    }
    transaction.commit()?;
    Ok(Committed::AllOrFailed)
}

/// Runs each job in a transaction of its own. When one of these is lost (the disk is full, another process holds the file), so
/// are those behind it: each would wait as long.
fn commit_each(connection: &mut Connection, jobs: Vec<Box<dyn Job>>) {
    let mut lost = Ok(());
    for mut job in jobs {
        if lost.is_ok() {
            lost = commit(connection, std::slice::from_mut(&mut job))
                .map(drop)
                .map_err(BatchError::from);
        }
        job.answer(lost.clone());
    }
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
