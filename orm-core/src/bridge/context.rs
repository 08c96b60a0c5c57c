//! Contexts: sync code that belongs together runs on one thread, in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError};

use futures::channel::mpsc;

use super::threads::{self, Task};
use crate::error::{Error, QueryMistake, Result};
use crate::sync::{Condvar, LazyLock, Mutex, MutexGuard, task_local, thread_local};

/// A context: thread-sensitive work of [`sync_to_async`](super::sync_to_async) in it runs on one thread, in the order in
/// which it was awaited (asgiref's `ThreadSensitiveContext`). Open one per request or task, so that requests do not wait
/// for each other; without one, all work of the program shares a thread.
///
/// If the thread waits in [`async_to_sync`](super::async_to_sync) while more work arrives, that work gets another thread,
/// because the waiting one might be waiting for it. When its wait is over, it goes on beside that work.
#[derive(Debug, Clone)]
pub struct SyncContext {
    owner: Arc<Owner>,
}

impl SyncContext {
    /// A new context. Its thread starts with its first work and ends with its last handle.
    #[must_use]
    pub fn new() -> Self {
        Self { owner: Arc::new(Owner(Arc::default())) }
    }

    /// Runs a future in the context. Tasks that it spawns do not inherit it.
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        CURRENT.scope(Place::Context(self.clone()), future).await
    }
}

impl Default for SyncContext {
    fn default() -> Self {
        Self::new()
    }
}

/// Closes the queue with the last handle of its context.
#[derive(Debug)]
struct Owner(Arc<Queue>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.arrived.notify_all();
    }
}

/// Where thread-sensitive work of a future goes.
#[derive(Clone)]
pub(super) enum Place {
    /// To the thread of a context.
    Context(SyncContext),
    /// To the thread that waits for the future in `async_to_sync`.
    Waiting(mpsc::UnboundedSender<Task>),
}

task_local! {
    static CURRENT: Place;
}

static SHARED: LazyLock<SyncContext> = LazyLock::new(SyncContext::new);

impl Place {
    /// That of the calling future.
    pub(super) fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::Context(SHARED.clone()))
    }

    /// Runs a future whose work goes here.
    pub(super) async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    pub(super) fn submit(&self, task: Task) -> Result<()> {
        match self {
            Self::Context(context) => context.owner.0.submit(task),
            Self::Waiting(jobs) => jobs.unbounded_send(task).map_err(|_| left()),
        }
    }

    /// Tells whether some thread waits for the calling future.
    pub(super) fn is_waited_for(&self) -> bool {
        matches!(self, Self::Waiting(_))
    }
}

/// The sync code that waited for this future has gone on.
pub(super) fn left() -> Error {
    QueryMistake::Abandoned.into()
}

/// Work that waits for the thread of a context.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    worker: Worker,
    /// The number of the last worker.
    last: u64,
    closed: bool,
}

/// Who works on a queue, by number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Worker {
    #[default]
    Idle,
    Working(u64),
    /// Waits for a future, and will go on.
    Waiting(u64),
}

thread_local! {
    /// The queue that this thread works on, and its number there.
    static WORKING: RefCell<Option<(Arc<Queue>, u64)>> = const { RefCell::new(None) };
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(self: &Arc<Self>, task: Task) -> Result<()> {
        let mut state = self.lock();
        state.tasks.push_back(task);
        if matches!(state.worker, Worker::Working(_)) {
            self.arrived.notify_all();
            return Ok(());
        }
        self.replace_worker(&mut state).inspect_err(|_| drop(state.tasks.pop_back()))
    }

    fn replace_worker(self: &Arc<Self>, state: &mut State) -> Result<()> {
        let number = state.last + 1;
        let queue = Arc::clone(self);
        threads::run(Box::new(move || queue.work(number)))?;
        (state.last, state.worker) = (number, Worker::Working(number));
        Ok(())
    }

    fn work(self: Arc<Self>, number: u64) {
        WORKING.with(|working| working.replace(Some((Arc::clone(&self), number))));
        while let Some(task) = self.next(number) {
            task();
        }
        WORKING.with(|working| working.replace(None));
    }

    /// Lets another thread have the work while worker `number` waits. False if it cannot, or need not.
    fn leave(self: &Arc<Self>, number: u64) -> bool {
        let mut state = self.lock();
        if state.worker != Worker::Working(number) {
            return false;
        }
        state.worker = Worker::Waiting(number);
        // Without a thread to be had, the work waits for this one.
        if !state.tasks.is_empty() && self.replace_worker(&mut state).is_err() {
            state.worker = Worker::Working(number);
        }
        true
    }

    /// Goes on with the work, unless another thread has it now.
    fn come_back(&self, number: u64) {
        let mut state = self.lock();
        if state.worker == Worker::Waiting(number) {
            state.worker = Worker::Working(number);
        }
    }

    /// Waits for the next task; none if another thread works here now, or the context is gone.
    fn next(&self, number: u64) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.worker != Worker::Working(number) {
                return None;
            }
            if let Some(task) = state.tasks.pop_front() {
                return Some(task);
            }
            if state.closed {
                state.worker = Worker::Idle;
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("worker", &self.lock().worker).finish_non_exhaustive()
    }
}

/// Tells the queue that this thread works on that it waits, as long as this lives. Nothing if it does so already: a wait
/// within a wait must not end the outer one.
pub(super) struct Away(Option<(Arc<Queue>, u64)>);

impl Away {
    pub(super) fn begin() -> Self {
        let working = WORKING.with(|working| working.borrow().clone());
        Self(working.filter(|(queue, number)| queue.leave(*number)))
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        if let Some((queue, number)) = &self.0 {
            queue.come_back(*number);
        }
    }
}
