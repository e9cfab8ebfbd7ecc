//! Choices that a seed decides: the same seed, the same choices.

use std::ops::Range;

/// Sebastiano Vigna's SplitMix64: short, and good enough to choose by.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of the numbers of a range that is not empty.
    pub(super) fn number(&mut self, range: Range<u32>) -> u32 {
        let width = u64::from(range.end - range.start);
        range.start + u32::try_from(self.next() % width).unwrap()
    }

    pub(super) fn index(&mut self, len: usize) -> usize {
        self.number(0..u32::try_from(len).unwrap()) as usize
    }

    /// In one case of so many.
    pub(super) fn one_in(&mut self, cases: u32) -> bool {
        self.number(0..cases) == 0
    }
}
