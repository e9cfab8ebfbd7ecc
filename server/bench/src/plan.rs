//! How much is measured: everything, or what takes minutes.

use std::time::Duration;

use clap::ValueEnum as _;

/// A part of what is measured: one after the other at each size, unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Sessions begun and ended in the store.
    Writing,
    /// Liveness checks, session checks, pages.
    Reading,
    /// Logouts and back-channel logouts.
    Ending,
    /// Sign-ins.
    SignIn,
    /// Logouts while the provider hangs.
    Silence,
    /// One person with very many sessions, and very many open streams; at the largest size only.
    Crowd,
    /// Memory; at the largest size also space, and the time until ready.
    Starting,
}

/// How much.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What is measured.
    pub(crate) parts: Vec<Part>,
    /// How many sessions the stores hold, rising.
    pub(crate) sizes: Vec<u64>,
    /// How often each thing is measured.
    pub(crate) runs: u32,
    /// How long a load without an end of its own goes on.
    pub(crate) load: Duration,
    /// How many sessions a run ends, in each of the ways.
    pub(crate) ends: u64,
    /// How many people sign in.
    pub(crate) sign_ins: u64,
    /// How many sessions are written to a store, and taken from it, without the server.
    pub(crate) writes: u64,
    /// How many sessions one person has who signs out everywhere, and how many streams are open.
    pub(crate) crowd: u64,
}

/// Connections that ask at once: four for each core of the machine that the targets speak of.
pub(crate) const CONNECTIONS: usize = 8;

impl Plan {
    pub(crate) fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Half an hour and more.
    #[must_use]
    pub(crate) fn full() -> Self {
        Self {
            parts: Part::value_variants().to_vec(),
            sizes: vec![1_000, 100_000, 1_000_000],
            runs: 5,
            load: Duration::from_secs(3),
            ends: 1_000,
            sign_ins: 200,
            writes: 20_000,
            crowd: 10_000,
        }
    }

    /// Some minutes.
    #[must_use]
    pub(crate) fn quick() -> Self {
        Self {
            parts: Part::value_variants().to_vec(),
            sizes: vec![1_000, 100_000],
            runs: 3,
            load: Duration::from_millis(1_500),
            ends: 400,
            sign_ins: 50,
            writes: 5_000,
            crowd: 10_000,
        }
    }
}
