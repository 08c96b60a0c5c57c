//! Waiting for a lock that another process holds.
//!
//! SQLite's own way sleeps ever longer, up to a tenth of a second, so that the connection that has waited longest asks least often: where
//! several processes write all the time, one that is turned away a few times hardly ever meets the moment between two
//! transactions of the others. Here all ask at the same short intervals, of random length so that none keeps in step.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use rusqlite::Connection;

const SHORTEST: Duration = Duration::from_micros(200);
const LONGEST: Duration = Duration::from_micros(1_200);

thread_local! {
    /// How long the connection that runs on this thread waits. SQLite's callback cannot tell one from another.
    static PATIENCE: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Makes a connection wait for locks, as long as [`allow`] says, or fail at once. (Some versions change a connection for that, some do
/// not.)
pub(super) fn wait(connection: &mut Connection, wait: bool) -> rusqlite::Result<()> {
    let ask: fn(i32) -> bool = ask_again;
    connection.busy_handler(wait.then_some(ask))
}

/// Says how long what runs on this thread from now on may wait for a lock.
pub(super) fn allow(patience: Duration) {
    PATIENCE.set(patience);
}

/// Sleeps a little and tells whether to ask for the lock again; `asked` is how often that was done before.
fn ask_again(asked: i32) -> bool {
    let now = Instant::now();
    if asked == 0 {
        SINCE.set(Some(now));
    }
    let waited = SINCE.get().map_or(Duration::ZERO, |since| now - since);
    let Some(left) = PATIENCE.get().checked_sub(waited).filter(|left| !left.is_zero()) else { return false };
    std::thread::sleep(interval().min(left));
    true
}

fn interval() -> Duration {
    // Each state is another one, which is chance enough.
    let chance = RandomState::new().build_hasher().finish() % 1_000;
    SHORTEST + (LONGEST - SHORTEST).mul_f64(chance as f64 / 1_000.0)
}
