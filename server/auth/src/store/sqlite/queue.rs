//! What waits for a thread: a bounded queue from which several may be taken at once.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::store::StoreError;

/// A first-in, first-out queue between async callers and threads. The callers never wait; the threads do.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    capacity: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// Threads that sleep until something comes.
    asleep: usize,
    open: bool,
}

impl<T> State<T> {
    fn nothing(&self) -> bool {
        self.open && self.waiting.is_empty()
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0} calls are waiting for the database already")]
    Full(usize),
    #[error("the store's thread has ended")]
    Closed,
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::backend(refusal)
    }
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: NonZeroUsize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            asleep: 0,
            open: true,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    pub(super) fn push(&self, item: T) -> Result<(), Refusal> {
        let mut state = self.state();
        if !state.open {
            return Err(Refusal::Closed);
        }
        if state.waiting.len() >= self.capacity {
            return Err(Refusal::Full(self.capacity));
        }
        state.waiting.push_back(item);
        let asleep = state.asleep > 0;
        drop(state);
        // To wake is a call of the system even where nobody sleeps.
        if asleep {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Waits for one item. None once the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        self.filled().waiting.pop_front()
    }

    /// Waits for an item and takes what else is there, `at_most` in all. Empty once the queue is closed and empty.
    pub(super) fn drain(&self, at_most: NonZeroUsize) -> Vec<T> {
        let mut state = self.filled();
        let count = state.waiting.len().min(at_most.get());
        state.waiting.drain(..count).collect()
    }

    /// Takes what is there, `at_most` in all, without waiting for any.
    pub(super) fn drain_now(&self, at_most: NonZeroUsize) -> Vec<T> {
        let mut state = self.state();
        let count = state.waiting.len().min(at_most.get());
        state.waiting.drain(..count).collect()
    }

    /// Takes nothing more in; what waits is still served.
    pub(super) fn close(&self) {
        self.state().open = false;
        self.changed.notify_all();
    }

    /// Closes the queue and drops what waits, so that its callers hear of it at once.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        state.open = false;
        let abandoned = std::mem::take(&mut state.waiting);
        drop(state);
        drop(abandoned);
        self.changed.notify_all();
    }

    /// Before a thread sleeps it lets the others run, which bring something more often than not where there is much to do: then nobody
    /// has to be woken.
    fn filled(&self) -> MutexGuard<'_, State<T>> {
        let mut state = self.state();
        if state.nothing() {
            drop(state);
            thread::yield_now();
            state = self.state();
        }
        while state.nothing() {
            state.asleep += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
        state
    }

    /// Nothing that runs within the lock can leave the queue half changed, so a panic elsewhere does not matter here.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, mpsc},
        time::Duration,
    };

    use super::*;

    fn queue(capacity: usize) -> Queue<u32> {
        Queue::new(NonZeroUsize::new(capacity).unwrap())
    }

    #[test]
    fn one_more_than_the_capacity_is_refused() {
        let queue = queue(2);
        queue.push(1).unwrap();
        queue.push(2).unwrap();
        assert!(matches!(queue.push(3), Err(Refusal::Full(2))));
        assert_eq!(queue.pop(), Some(1));
        queue.push(3).unwrap();
    }

    #[test]
    fn threads_that_sleep_are_woken_by_what_comes_and_by_the_end() {
        let queue = Arc::new(queue(10));
        let (tell, told) = mpsc::channel();
        let threads = [(); 2].map(|()| {
            let (queue, tell) = (Arc::clone(&queue), tell.clone());
            thread::spawn(move || {
                while let Some(item) = queue.pop() {
                    tell.send(item).unwrap();
                }
            })
        });
        let next = || told.recv_timeout(Duration::from_secs(30)).unwrap();
        let both_sleep = || {
            while queue.state().asleep < threads.len() {
                thread::yield_now();
            }
        };
        both_sleep();
        queue.push(1).unwrap();
        assert_eq!(next(), 1);
        both_sleep();
        queue.push(2).unwrap();
        queue.push(3).unwrap();
        let mut rest = [next(), next()];
        rest.sort_unstable();
        assert_eq!(rest, [2, 3]);
        both_sleep();
        queue.close();
        for thread in threads {
            thread.join().unwrap();
        }
    }

    #[test]
    fn a_drain_takes_what_waits_in_order_up_to_its_limit() {
        let queue = queue(10);
        for item in 0..5 {
            queue.push(item).unwrap();
        }
        assert_eq!(queue.drain(NonZeroUsize::new(3).unwrap()), [0, 1, 2]);
        assert_eq!(queue.drain(NonZeroUsize::new(3).unwrap()), [3, 4]);
    }

    #[test]
    fn a_closed_queue_serves_what_waits_and_then_ends() {
        let queue = queue(10);
        queue.push(1).unwrap();
        queue.close();
        assert!(matches!(queue.push(2), Err(Refusal::Closed)));
        assert_eq!(queue.pop(), Some(1));
        assert_eq!(queue.pop(), None);
    }
}
