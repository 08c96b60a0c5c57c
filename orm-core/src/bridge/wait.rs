//! The one place where sync code waits for a future.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::coop::poll_proceed;

use crate::error::{Error, ErrorKind, Result, RuntimeLack, SetupMistake};
use crate::exec::Held;
use crate::sync::{away_from_home, own_loop};

/// Waits for a database on a thread that may wait. The clocks of the future are those of the library's own loop: the
/// runtime that the thread came from may be shut down meanwhile, and its clocks would panic.
///
/// # Errors
/// `SynchronousOnlyOperation`, naming the method, on a thread that drives async tasks.
pub(super) fn wait<T>(method: &'static str, future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut outcome = None;
    drive(method, pin!(async { outcome = Some(future.await) }))?;
    outcome.unwrap_or_else(|| Err(Error::internal("what was waited for has ended without an answer")))
}

/// Drives a future, whatever its type, so that the waiting is compiled once.
fn drive(method: &'static str, future: Pin<&mut dyn Future<Output = ()>>) -> Result<()> {
    may_wait(method)?;
    let own = own()?;
    away_from_home(|| own.block_on(future));
    Ok(())
}

/// The same for what is asked of a transaction, if there is one. One that answers at once needs no wait, and so no leave
/// to wait. Nothing else may be begun without that leave: it would be sent, and then left.
pub(super) fn wait_in<T>(
    held: Option<&Held>,
    method: &'static str,
    future: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut future = pin!(future);
    if held.is_some_and(Held::answers_at_once)
        && let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    {
        return outcome;
    }
    wait(method, future)
}

fn may_wait(method: &'static str) -> Result<()> {
    if drives_tasks() { Err(ErrorKind::SynchronousOnlyOperation { method }.into()) } else { Ok(()) }
}

/// What drives the sockets and clocks of a future while a thread waits for it. The future itself runs on that thread.
pub(super) enum Loop {
    /// The runtime that the thread came from.
    Origin(Handle),
    /// The library's own, for threads without one. It lives as long as the program, as connections may.
    Own(&'static Runtime),
    /// One for this future only.
    New(Runtime),
}

impl Loop {
    /// The loop of this thread, if the thread may wait.
    pub(super) fn here(method: &'static str) -> Result<Self> {
        may_wait(method)?;
        match Handle::try_current() {
            Ok(handle) => Ok(Self::Origin(handle)),
            Err(_) => own().map(Self::Own),
        }
    }

    /// A loop of its own.
    pub(super) fn new(method: &'static str) -> Result<Self> {
        may_wait(method)?;
        Builder::new_current_thread().enable_all().build().map(Self::New).map_err(not_started)
    }

    pub(super) fn handle(&self) -> &Handle {
        match self {
            Self::Origin(handle) => handle,
            Self::Own(runtime) => runtime.handle(),
            Self::New(runtime) => runtime.handle(),
        }
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self {
            Self::Origin(handle) => handle.block_on(future),
            Self::Own(runtime) => runtime.block_on(future),
            Self::New(runtime) => runtime.block_on(future),
        }
    }
}

/// The library's own loop.
fn own() -> Result<&'static Runtime> {
    own_loop().map_err(not_started)
}

fn not_started(error: std::io::Error) -> Error {
    Error::from(SetupMistake::NoRuntime { lacks: RuntimeLack::Thread }).with_source(error)
}

/// More than any budget that the runtime gives a task.
const MOST_STEPS: usize = 1_024;

/// Tells whether this thread drives async tasks right now, so that waiting would keep them from running.
///
/// A runtime polls its tasks, and what it blocks on, with a budget of steps; on its blocking threads, and inside
/// `block_in_place`, there is none. So code that the budget can stop must not wait. (A task that was caught
/// has used its budget up, and lets others run at its next await.)
fn drives_tasks() -> bool {
    // A thread in the executor of the `futures` crate knows itself.
    if futures::executor::enter().is_err() {
        return true;
    }
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    (0..MOST_STEPS).any(|_| match poll_proceed(&mut context) {
        Poll::Ready(step) => {
            step.made_progress();
            false
        }
        Poll::Pending => true,
    })
}
