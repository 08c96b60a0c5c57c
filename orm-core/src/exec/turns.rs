//! Turns for other tasks: an action that sends nothing (`none()`, an empty list) or is refused before it is sent never waits, so
//! a loop of such actions would keep its thread, and no time limit around it would end it.

use std::cell::Cell;
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;
use tokio::task::coop;

/// How many actions a thread starts for one step of a task's budget.
const PER_STEP: u32 = 64;

/// How many actions a thread starts before it lets others run, on an executor that counts nothing.
const MOST: u32 = 128 * PER_STEP;

thread_local! {
    static STARTED: Cell<u32> = const { Cell::new(0) };
}

/// Whether an action may start now, or after other tasks of its thread.
pub(super) fn proceed(context: &mut Context<'_>) -> Poll<()> {
    let started = STARTED.get().wrapping_add(1);
    STARTED.set(started);
    if !started.is_multiple_of(PER_STEP) {
        return Poll::Ready(());
    }
    ready!(coop::poll_proceed(context)).made_progress();
    if started.is_multiple_of(MOST) && Handle::try_current().is_err() {
        context.waker().wake_by_ref();
        return Poll::Pending;
    }
    Poll::Ready(())
}
