//! The threads that read, each with a connection of its own.

use std::{
    num::NonZeroUsize,
    sync::Arc,
    thread::{self, JoinHandle},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    error::{OpenError, store_error},
    queue::Queue,
};
use crate::store::StoreError;

type Query = Box<dyn FnOnce(&Connection) + Send>;

/// A pool of threads over one queue.
pub(super) struct Readers {
    queue: Arc<Queue<Query>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts a thread for each connection.
    pub(super) fn start(
        connections: impl IntoIterator<Item = Result<Connection, OpenError>>,
        queue_capacity: NonZeroUsize,
    ) -> Result<Self, OpenError> {
        let mut readers = Self {
            queue: Arc::new(Queue::new(queue_capacity)),
            threads: Vec::new(),
        };
        for connection in connections {
            let connection = connection?;
            let queue = Arc::clone(&readers.queue);
            let thread = thread::Builder::new()
                .name("exeunt-store-read".into())
                .spawn(move || {
                    while let Some(query) = queue.pop() {
                        query(&connection);
                    }
                });
            readers.threads.push(thread.map_err(OpenError::Thread)?);
        }
        Ok(readers)
    }

    /// Hands a query to the next free thread.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.push(Box::new(move |connection| {
            // A caller who has given up needs no answer; the ones behind it do.
            if !answer.is_closed() {
                let _ = answer.send(query(connection).map_err(store_error));
            }
        }))?;
        Ok(answered)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
