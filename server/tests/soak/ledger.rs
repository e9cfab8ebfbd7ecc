//! What must hold, what was seen, and how the two differ.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::fleet::Browser;

/// A session that has certainly ended.
#[derive(Clone)]
pub(crate) struct Dead {
    pub(crate) sub: String,
    pub(crate) cookies: Browser,
}

/// Somebody whose sessions have all ended, or will by themselves.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    pub(crate) sub: String,
    /// Nothing failed on purpose while the provider issued tokens: each of them reached the store.
    pub(crate) certain: bool,
}

#[derive(Default)]
pub(crate) struct Ledger {
    people: AtomicUsize,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    graveyard: Mutex<Vec<Dead>>,
    gone: Mutex<Vec<Gone>>,
    violations: Mutex<Vec<String>>,
}

impl Ledger {
    /// A number that nobody else has.
    pub(crate) fn next_person(&self) -> usize {
        self.people.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn count(&self, what: &'static str) {
        *self.counts.lock().unwrap().entry(what).or_default() += 1;
    }

    pub(crate) fn bury(&self, dead: Dead) {
        self.graveyard.lock().unwrap().push(dead);
    }

    /// The one at this place, counted round and round.
    pub(crate) fn dug_up(&self, place: usize) -> Option<Dead> {
        let graveyard = self.graveyard.lock().unwrap();
        (!graveyard.is_empty()).then(|| graveyard[place % graveyard.len()].clone())
    }

    pub(crate) fn graveyard(&self) -> Vec<Dead> {
        self.graveyard.lock().unwrap().clone()
    }

    pub(crate) fn leave(&self, gone: Gone) {
        self.gone.lock().unwrap().push(gone);
    }

    pub(crate) fn gone(&self) -> Vec<Gone> {
        self.gone.lock().unwrap().clone()
    }

    /// What must not be.
    pub(crate) fn violated(&self, what: String) {
        println!("soak: VIOLATED: {what}");
        self.violations.lock().unwrap().push(what);
    }

    pub(crate) fn summary(&self) -> String {
        let mut summary = format!("{} people", self.people.load(Ordering::SeqCst));
        for (what, count) in &*self.counts.lock().unwrap() {
            write!(summary, ", {count} {what}").unwrap();
        }
        let violations = self.violations.lock().unwrap().len();
        write!(summary, "; {violations} violations").unwrap();
        summary
    }

    /// # Panics
    ///
    /// If anything was violated, or if too little happened to tell.
    pub(crate) fn assert_kept(&self) {
        let violations = self.violations.lock().unwrap();
        assert!(violations.is_empty(), "{}", violations.join("\n"));
        let counts = self.counts.lock().unwrap();
        for what in ["sign-outs", "replays refused", "faults", "certain people"] {
            assert!(
                counts.get(what).is_some_and(|count| *count > 10),
                "too few {what} to say anything"
            );
        }
    }
}
