//! Sync code awaited by async code.

use std::any::Any;
use std::fmt;
use std::future::IntoFuture;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use super::context::{Place, left};
use super::threads::{self, Task};
use crate::error::Result;
use crate::exec::Surroundings;

/// How much work that is not thread-sensitive may run at once.
const AT_ONCE: usize = 512;

/// Runs sync code on a thread that may block, and gives what it returns: `sync_to_async(|| …).await?`.
///
/// By default it is thread-sensitive: all such code of one [context](super::SyncContext) runs on one thread, in order.
/// Inside [`async_to_sync`](super::async_to_sync) that is the thread that waits there.
///
/// Dropping the future before the code has begun means that it never runs; after, it runs to its end. A panic in it goes
/// on in the code that awaits it.
pub fn sync_to_async<F, T>(work: F) -> SyncToAsync<F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    SyncToAsync { work, thread_sensitive: true }
}

/// Sync code to be awaited: see [`sync_to_async`].
#[must_use = "sync code does not run until it is awaited"]
pub struct SyncToAsync<F> {
    work: F,
    thread_sensitive: bool,
}

impl<F> SyncToAsync<F> {
    /// Whether the code runs on the thread of its context, after the work before it (the default), or on any thread, at
    /// the same time as other work.
    pub fn thread_sensitive(self, thread_sensitive: bool) -> Self {
        Self { thread_sensitive, ..self }
    }
}

impl<F, T> IntoFuture for SyncToAsync<F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;

    fn into_future(self) -> BoxFuture<'static, Result<T>> {
        let Self { work, thread_sensitive } = self;
        Box::pin(async move {
            let place = Place::current();
            // Work that other work waits for must not wait for a place behind it.
            let _permit = match thread_sensitive || place.is_waited_for() {
                true => None,
                false => ROOM.acquire().await.ok(),
            };
            let (task, answer) = crossing(work);
            if thread_sensitive { place.submit(task) } else { threads::run(task) }?;
            arrival(answer).await
        })
    }
}

static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(AT_ONCE));

/// What came over the bridge: a value, or a panic.
type Crossed<T> = Result<T, Box<dyn Any + Send>>;

/// Makes work a task for another thread, which takes the surroundings along. Work whose future was dropped is not begun.
pub(super) fn crossing<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> (Task, oneshot::Receiver<Crossed<T>>) {
    let (reply, answer) = oneshot::channel();
    let surroundings = Surroundings::current();
    let handle = Handle::try_current().ok();
    let task = Box::new(move || {
        // Also for what is dropped here undone: a connection may have to be cleaned.
        let _entered = handle.as_ref().map(Handle::enter);
        if reply.is_closed() {
            return drop(work);
        }
        let crossed = catch_unwind(AssertUnwindSafe(|| surroundings.run(work)));
        // A caller that stopped waiting needs no answer.
        drop(reply.send(crossed));
    });
    (task, answer)
}

/// Waits for what comes back.
pub(super) async fn arrival<T>(answer: oneshot::Receiver<Crossed<T>>) -> Result<T> {
    match answer.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => Err(left()),
    }
}

impl<F> fmt::Debug for SyncToAsync<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncToAsync").field("thread_sensitive", &self.thread_sensitive).finish_non_exhaustive()
    }
}
