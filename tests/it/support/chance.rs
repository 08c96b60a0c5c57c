//! Chance that can be repeated.

use std::env;

const SEED: &str = "DORMOUSE_TEST_SEED";

/// A source of random numbers. Its seed is shown if the test fails, and taken from `DORMOUSE_TEST_SEED` to run it again.
#[expect(clippy::print_stdout, reason = "the harness shows it if the test fails")]
pub(crate) fn chance() -> fastrand::Rng {
    let given = env::var(SEED).ok().map(|seed| seed.parse().expect("a seed is a whole number"));
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("{SEED}={seed}");
    fastrand::Rng::with_seed(seed)
}
