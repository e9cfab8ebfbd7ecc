//! Whether something was made to fail while something else went on.

use std::sync::atomic::{AtomicU64, Ordering};

/// Odd while a fault is under way.
#[derive(Debug, Default)]
pub(crate) struct Disturbance(AtomicU64);

/// A moment, to be asked later whether all was calm since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since(u64);

impl Disturbance {
    pub(crate) fn begin(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn end(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Since {
        Since(self.0.load(Ordering::SeqCst))
    }

    /// Whether nothing failed on purpose from then until now.
    pub(crate) fn calm_since(&self, then: Since) -> bool {
        then.0.is_multiple_of(2) && self.0.load(Ordering::SeqCst) == then.0
    }
}
