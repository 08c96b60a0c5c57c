//! Chance that comes again: the same numbers in every run, unless `DORMOUSE_TEST_SEED` says otherwise.

use std::env;

use super::tell;

/// The variable with another seed.
const SEED: &str = "DORMOUSE_TEST_SEED";

/// A row of numbers that follow from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Those of a sweep. A sweep that fails shows the seed.
    pub(crate) fn of(sweep: &str) -> Self {
        let seed = env::var(SEED).ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
        tell(format!("{SEED}={seed} ({sweep})"));
        Self(sweep.bytes().fold(seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // splitmix64: https://prng.di.unimi.it/splitmix64.c
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
