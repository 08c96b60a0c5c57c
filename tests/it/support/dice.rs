//! Chance that comes again: the same numbers in every run, unless `DORMOUSE_TEST_SEED` says otherwise.

use std::env;

use super::tell;

/// The variable with another seed.
const SEED: &str = "DORMOUSE_TEST_SEED";

/// A row of numbers that follow from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(fastrand::Rng);

impl Dice {
    /// Those of a sweep. A sweep that fails shows the seed.
    pub(crate) fn of(sweep: &str) -> Self {
        let seed = env::var(SEED).ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
        tell(format!("{SEED}={seed} ({sweep})"));
        let seed = sweep.bytes().fold(seed, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Those of one seed.
    pub(crate) fn with_seed(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// The seed that the variable names, else another one in each run.
    pub(crate) fn seed_or_random() -> u64 {
        let seed = env::var(SEED).ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..1 << 32));
        tell(format!("{SEED}={seed}"));
        seed
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
