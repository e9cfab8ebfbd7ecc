//! Who listens in this process, by session.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, broadcast, watch};

use crate::{clock::Timestamp, metrics, store::SessionKey};

/// The most streams of one session at once. A browser needs one for all its tabs.
pub(crate) const MOST_PER_SESSION: usize = 8;

/// How many signals may wait for a stream. Who misses some looks for itself; each place costs every stream its memory.
const WAITING: usize = 1;

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// The word of a [`Reason`](crate::logout::Reason).
    pub(crate) why: String,
    pub(crate) at: Timestamp,
}

/// What a stream is told.
#[derive(Clone, Debug)]
pub(crate) enum Signal {
    /// The session is over.
    Ended(End),
    /// Something about it is different: read it.
    Look,
}

/// The listeners of this process.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    first_came: Notify,
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    listeners: HashMap<SessionKey, Listeners>,
    /// Up to where the end records of the store have been told, since somebody listens.
    place: Option<i64>,
}

#[derive(Debug)]
struct Listeners {
    sender: broadcast::Sender<Signal>,
    count: usize,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            first_came: Notify::new(),
            closing: watch::Sender::new(false),
        }
    }
}

impl Hub {
    /// Nothing in here can be left half done by a panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens for one session; `None` if enough do already.
    pub(crate) fn subscribe(self: &Arc<Self>, key: SessionKey) -> Option<Subscription> {
        let receiver = {
            let mut state = self.state();
            let listeners = state.listeners.entry(key).or_insert_with(|| Listeners {
                sender: broadcast::Sender::new(WAITING),
                count: 0,
            });
            if listeners.count == MOST_PER_SESSION {
                return None;
            }
            listeners.count += 1;
            listeners.sender.subscribe()
        };
        metrics::stream_opened();
        self.first_came.notify_one();
        Some(Subscription {
            hub: Arc::clone(self),
            key,
            receiver,
        })
    }

    /// Tells whoever listens that a session is over.
    pub(crate) fn ended(&self, key: &SessionKey, how: impl FnOnce() -> End) {
        self.tell(key, || Signal::Ended(how()));
    }

    /// Tells whoever listens to read a session again.
    pub(crate) fn look(&self, key: &SessionKey) {
        self.tell(key, || Signal::Look);
    }

    fn tell(&self, key: &SessionKey, signal: impl FnOnce() -> Signal) {
        if let Some(listeners) = self.state().listeners.get(key) {
            let _ = listeners.sender.send(signal());
        }
    }

    /// Waits until somebody listens. While nobody does, the place in the store is forgotten: who comes first finds it anew.
    pub(super) async fn somebody_listens(&self) {
        loop {
            {
                let mut state = self.state();
                if !state.listeners.is_empty() {
                    return;
                }
                state.place = None;
            }
            self.first_came.notified().await;
        }
    }

    pub(super) fn place(&self) -> Option<i64> {
        self.state().place
    }

    /// Begins at this place, unless somebody has begun already.
    pub(super) fn begin_at(&self, place: i64) {
        self.state().place.get_or_insert(place);
    }

    /// Everything up to this place has been told.
    pub(super) fn told_until(&self, place: i64) {
        let mut state = self.state();
        state.place = state.place.map(|before| before.max(place));
    }

    pub(super) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Becomes true when all streams are to end.
    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}

/// A place among the listeners of a session, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Subscription {
    hub: Arc<Hub>,
    key: SessionKey,
    receiver: broadcast::Receiver<Signal>,
}

impl Subscription {
    pub(super) const fn key(&self) -> &SessionKey {
        &self.key
    }

    /// The next signal.
    pub(super) async fn signal(&mut self) -> Signal {
        match self.receiver.recv().await {
            Ok(signal) => signal,
            Err(broadcast::error::RecvError::Lagged(_)) => Signal::Look,
            // The sender stands in the hub as long as this place is taken.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        metrics::stream_closed();
        let mut state = self.hub.state();
        if let Entry::Occupied(mut entry) = state.listeners.entry(self.key) {
            entry.get_mut().count -= 1;
            if entry.get().count == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SessionKey = SessionKey([1; 32]);

    #[test]
    fn who_leaves_makes_room_and_leaves_nothing_behind() {
        let hub = Arc::new(Hub::default());
        let mut places: Vec<_> = (0..MOST_PER_SESSION).map(|_| hub.subscribe(KEY)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(hub.subscribe(KEY).is_none());
        assert!(hub.subscribe(SessionKey([2; 32])).is_some());
        places.pop();
        places.push(hub.subscribe(KEY));
        assert!(places.iter().all(Option::is_some));
        drop(places);
        assert!(hub.state().listeners.is_empty());
    }

    #[tokio::test]
    async fn who_misses_signals_looks_for_itself() {
        let hub = Arc::new(Hub::default());
        let mut place = hub.subscribe(KEY).unwrap();
        let end = End {
            why: "logout".to_owned(),
            at: Timestamp::from_seconds(1),
        };
        hub.ended(&KEY, || end);
        for _ in 0..WAITING {
            hub.look(&KEY);
        }
        assert!(matches!(place.signal().await, Signal::Look));
    }
}
