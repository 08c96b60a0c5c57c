//! Async code that sync code waits for.

use std::fmt;
use std::future::Future;
use std::pin::pin;

use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::{Either, select};

use super::context::{Away, Place};
use super::transaction;
use super::wait::Loop;
use crate::error::Result;
use crate::exec::Surroundings;

/// Runs a future from sync code: `async_to_sync(async { … }).run()?`.
///
/// The future runs on the calling thread. Its sockets and clocks, and the tasks that it spawns, belong to the runtime
/// that the thread came from; on a thread without one, to a runtime of the library. Sync code that it awaits runs on the
/// calling thread too, so the two can be nested, as deep as the stack allows.
///
/// Inside `atomic`, the future is not part of the transaction: an a-method in it that asks the same database fails,
/// because it could wait for the very transaction that waits for it.
pub fn async_to_sync<F: Future>(future: F) -> AsyncToSync<F> {
    AsyncToSync { future, force_new_loop: false }
}

/// A future to be run from sync code: see [`async_to_sync`].
#[must_use = "a future does nothing until it is run"]
pub struct AsyncToSync<F> {
    future: F,
    force_new_loop: bool,
}

impl<F: Future> AsyncToSync<F> {
    /// Whether to run on a loop that is made for this future and ends with it. Connections that are opened on it end
    /// too, so ask databases that are already open elsewhere only.
    pub fn force_new_loop(self, force_new_loop: bool) -> Self {
        Self { force_new_loop, ..self }
    }

    /// Waits for the future. A panic in it goes on here.
    ///
    /// # Errors
    /// `SynchronousOnlyOperation` on a thread that drives async tasks: await the future there.
    pub fn run(self) -> Result<F::Output> {
        const METHOD: &str = "async_to_sync";
        let the_loop = if self.force_new_loop { Loop::new(METHOD) } else { Loop::here(METHOD) }?;
        // Work that is still on its way when the future ends is dropped with the channel, and thereby refused.
        let (jobs, mut work) = mpsc::unbounded();
        let surroundings = Surroundings::current().awaited_by(transaction::open());
        let mut future = pin!(surroundings.scope(Place::Waiting(jobs).scope(self.future)));
        let _away = Away::begin();
        let _entered = the_loop.handle().enter();
        loop {
            match the_loop.block_on(select(future.as_mut(), work.next())) {
                Either::Left((output, _)) => return Ok(output),
                // Outside of the loop, so that the work may wait for futures itself.
                Either::Right((Some(task), _)) => task(),
                // Nothing in the future can send any more work.
                Either::Right((None, _)) => return Ok(the_loop.block_on(future)),
            }
        }
    }
}

impl<F> fmt::Debug for AsyncToSync<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncToSync").field("force_new_loop", &self.force_new_loop).finish_non_exhaustive()
    }
}
