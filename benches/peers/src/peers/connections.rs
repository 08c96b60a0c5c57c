//! A pool for synchronous connections that are used inline, in the calling task.

use std::sync::Arc;
use std::thread;

use crossbeam_queue::ArrayQueue;

use crate::{POOL, Result};

/// A few connections in a lock-free queue.
pub struct Connections<C>(Arc<ArrayQueue<C>>);

impl<C> Connections<C> {
    /// Opens as many as a pool has.
    pub fn open(open: impl Fn() -> Result<C>) -> Result<Self> {
        let queue = ArrayQueue::new(POOL);
        while !queue.is_full() {
            let _ = queue.push(open()?);
        }
        Ok(Self(Arc::new(queue)))
    }

    /// Runs a closure on a free connection. Waits for one by yielding the thread.
    pub fn with<T>(&self, work: impl FnOnce(&mut C) -> T) -> T {
        let mut connection = loop {
            match self.0.pop() {
                Some(connection) => break connection,
                None => thread::yield_now(),
            }
        };
        let done = work(&mut connection);
        let _ = self.0.push(connection);
        done
    }
}

impl<C> Clone for Connections<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
