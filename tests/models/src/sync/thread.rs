//! Threads that the library starts: each must have ended when the model is over.

use std::cell::{Cell, RefCell};
use std::io;

use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::{Builder as Thread, JoinHandle};

std::thread_local! {
    static STARTED: RefCell<Vec<JoinHandle<()>>> = const { RefCell::new(Vec::new()) };
    static SCARCE: Cell<bool> = const { Cell::new(false) };
}

/// From now on, every third thread cannot be had.
pub(crate) fn be_scarce() {
    SCARCE.set(true);
}

pub(super) fn forget() {
    STARTED.take();
    SCARCE.set(false);
}

/// Waits for all threads, also for those that are started meanwhile. The checker reports one that never ends.
pub(super) fn join_all() {
    while let Some(thread) = STARTED.with_borrow_mut(Vec::pop) {
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
}

/// `std::thread::Builder`.
pub(crate) struct Builder(Thread);

impl Builder {
    pub(crate) fn new() -> Self {
        Self(Thread::new())
    }

    pub(crate) fn name(self, name: String) -> Self {
        Self(self.0.name(name))
    }

    pub(crate) fn spawn(self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        if SCARCE.get() && thread_rng().gen_ratio(1, 3) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let thread = self.0.spawn(work)?;
        STARTED.with_borrow_mut(|started| started.push(thread));
        Ok(())
    }
}
