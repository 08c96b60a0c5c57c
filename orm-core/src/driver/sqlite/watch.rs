//! Stops a running statement: when its budget of opcodes is used up, or when it is not waited for any more.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rusqlite::Connection;

/// Ticks that a budget of opcodes consists of. SQLite counts opcodes per statement and never resets the count, so the first
/// tick may come early: a budget is exceeded by at most one tick, and never cut short.
pub(super) const TICKS: u32 = 4;

/// What a connection asks every few opcodes: go on?
#[derive(Debug)]
pub(super) struct Watch {
    ticks: AtomicU32,
    limit: AtomicU32,
    cancel: Mutex<Option<Arc<Cancel>>>,
}

impl Watch {
    /// A watch over all statements of a connection, which ticks four times in a budget.
    pub(super) fn over(connection: &mut Connection, budget: u32) -> rusqlite::Result<Arc<Self>> {
        let watch =
            Arc::new(Self { ticks: AtomicU32::new(0), limit: AtomicU32::new(u32::MAX), cancel: Mutex::default() });
        let interval = i32::try_from(budget / TICKS).unwrap_or(i32::MAX).max(1);
        connection.progress_handler(
            interval,
            Some({
                let watch = Arc::clone(&watch);
                move || watch.interrupts()
            }),
        )?;
        Ok(watch)
    }

    /// Runs a job that may use one budget. The second answer is how many ticks it took: more than those of a budget if it was
    /// stopped for using it up.
    pub(super) fn within_budget<T>(&self, job: impl FnOnce() -> T) -> (T, u32) {
        self.ticks.store(0, Ordering::Relaxed);
        self.limit.store(TICKS, Ordering::Relaxed);
        let result = job();
        self.limit.store(u32::MAX, Ordering::Relaxed);
        (result, self.ticks.load(Ordering::Relaxed))
    }

    /// Runs a job until it ends or is cancelled. The second answer tells whether it was far below one budget.
    pub(super) fn until_cancelled<T>(&self, cancel: &Arc<Cancel>, job: impl FnOnce() -> T) -> (T, bool) {
        self.ticks.store(0, Ordering::Relaxed);
        self.follow(Some(Arc::clone(cancel)));
        let result = job();
        self.follow(None);
        (result, self.ticks.load(Ordering::Relaxed) <= TICKS / 2)
    }

    /// Lets a sign tell when to stop, or none any more.
    pub(super) fn follow(&self, cancel: Option<Arc<Cancel>>) {
        *self.cancel.lock().unwrap_or_else(PoisonError::into_inner) = cancel;
    }

    fn interrupts(&self) -> bool {
        let ticks = self.ticks.load(Ordering::Relaxed).saturating_add(1);
        self.ticks.store(ticks, Ordering::Relaxed);
        let limit = self.limit.load(Ordering::Relaxed);
        let cancelled =
            || self.cancel.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|it| it.is_cancelled());
        ticks > limit || (limit == u32::MAX && cancelled())
    }
}

/// Tells a job on another thread that it is not waited for any more.
#[derive(Debug, Default)]
pub(super) struct Cancel {
    dropped: AtomicBool,
    /// Set when the driver closes; only streams mind, because they may never end by themselves.
    closing: Option<Arc<AtomicBool>>,
    /// When it is too late for the caller that waits.
    at: Option<Instant>,
}

impl Cancel {
    pub(super) fn or_closing(closing: Arc<AtomicBool>) -> Self {
        Self { closing: Some(closing), ..Self::default() }
    }

    pub(super) fn at(at: Instant) -> Self {
        Self { at: Some(at), ..Self::default() }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.dropped.load(Ordering::Relaxed) || self.is_closing() || self.at.is_some_and(|at| Instant::now() >= at)
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.as_ref().is_some_and(|closing| closing.load(Ordering::Relaxed))
    }
}

/// The waiting side of a [`Cancel`]: cancels when dropped, which is harmless once the job has ended.
#[derive(Debug, Default)]
pub(super) struct CancelOnDrop(pub(super) Arc<Cancel>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.dropped.store(true, Ordering::Relaxed);
    }
}
