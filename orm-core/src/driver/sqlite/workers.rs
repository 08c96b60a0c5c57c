//! Threads for what may take long, started when they are needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::census::Census;
use super::error::closed;
use crate::error::{ConnectionFault, Error, Result};
use crate::sync::{Mutex, flume, thread};

/// How long a thread waits for its next task.
const PATIENCE: Duration = Duration::from_secs(10);

type Task = Box<dyn FnOnce() + Send>;

/// Threads that run tasks. Their number is bounded by the connections, because every task holds one.
#[derive(Debug)]
pub(super) struct Workers {
    /// Without room for a task: it is taken by a thread that waits, or a new one is started.
    tasks: Mutex<Option<flume::Sender<Task>>>,
    waiting: flume::Receiver<Task>,
    census: Arc<Census>,
}

impl Workers {
    pub(super) fn new(census: Arc<Census>) -> Self {
        let (tasks, waiting) = flume::bounded(0);
        Self { tasks: Mutex::new(Some(tasks)), waiting, census }
    }

    /// Runs a task on a thread.
    pub(super) fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match tasks.ok_or_else(closed)?.try_send(Box::new(task)) {
            Ok(()) => Ok(()),
            Err(flume::TrySendError::Full(task) | flume::TrySendError::Disconnected(task)) => self.start(task),
        }
    }

    /// Takes no more tasks; threads end when their last one does.
    pub(super) fn close(&self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn start(&self, first: Task) -> Result<()> {
        let presence = self.census.enter()?;
        let waiting = self.waiting.clone();
        spawn("sqlite-reader", move || {
            let _presence = presence;
            let mut next = Ok(first);
            while let Ok(task) = next {
                // A task catches its own panics; whatever gets through must not cost the thread.
                catch_unwind(AssertUnwindSafe(task)).unwrap_or_default();
                next = waiting.recv_timeout(PATIENCE);
            }
        })
    }
}

/// Starts a thread.
pub(super) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread
        .map(drop)
        .map_err(|error| Error::connection(ConnectionFault::System, "cannot start a thread").with_source(error))
}
