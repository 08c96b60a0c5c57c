//! How much of a heavy sweep a run does: a share of it by default, the whole on demand.

use std::env;

/// The variable that asks for whole sweeps; any value but an empty one does.
const WHOLE: &str = "DORMOUSE_TEST_WHOLE";

/// `share` in an ordinary run, `whole` if `DORMOUSE_TEST_WHOLE` is set.
pub(crate) fn share_of<T>(whole: T, share: T) -> T {
    if env::var(WHOLE).is_ok_and(|value| !value.is_empty()) { whole } else { share }
}

/// Says what a sweep does or found: shown if it fails, and by `--nocapture`.
#[allow(clippy::print_stdout, reason = "the test harness keeps what a test prints")]
pub(crate) fn tell(what: String) {
    println!("{what}");
}
