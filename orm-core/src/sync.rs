//! Threads, and what they wait for each other with: the one place from which concurrent code takes them.
//!
//! The package `tests/models` compiles that code, file by file, with another room of this name, in which a model checker
//! decides who runs when.

mod clock;
mod runtime;

pub(crate) use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, atomic, mpsc};
pub(crate) use std::{thread, thread_local};

pub(crate) use ::flume;
pub(crate) use tokio::task_local;

pub(crate) use clock::{own_loop, sleep};
pub(crate) use runtime::{Home, Lack, Runtimes, Site, Task, away_from_home};
