//! Threads for sync code, started when they are needed and kept for a while.
//!
//! They are our own because a runtime's blocking threads are limited in number: sync code that waits for async code that
//! waits for sync code would deadlock where the limit is reached.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::error::{ConnectionFault, Error, Result};
use crate::sync::{LazyLock, flume, thread};

/// How long a thread waits for its next task.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) type Task = Box<dyn FnOnce() + Send>;

/// Runs a task on a thread.
pub(super) fn run(task: Task) -> Result<()> {
    match WAITING.0.try_send(task) {
        Ok(()) => Ok(()),
        Err(flume::TrySendError::Full(task) | flume::TrySendError::Disconnected(task)) => start(task),
    }
}

/// Without room for a task: it is taken by a thread that waits, or a new one is started.
static WAITING: LazyLock<(flume::Sender<Task>, flume::Receiver<Task>)> = LazyLock::new(|| flume::bounded(0));

fn start(first: Task) -> Result<()> {
    let work = move || {
        let mut next = Ok(first);
        while let Ok(task) = next {
            // A task hands its own panics on; whatever gets through must not cost the thread.
            catch_unwind(AssertUnwindSafe(task)).unwrap_or_default();
            next = WAITING.1.recv_timeout(PATIENCE);
        }
    };
    let thread = thread::Builder::new().name("dormouse-sync".to_owned()).spawn(work);
    thread.map(drop).map_err(|error| {
        Error::connection(ConnectionFault::System, "cannot start a thread for sync code").with_source(error)
    })
}
