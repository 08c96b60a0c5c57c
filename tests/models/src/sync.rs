//! The room `sync` of `orm-core`, with threads, locks and channels of the model checker.
//!
//! What never blocks a thread is the real thing everywhere: `Arc`, the one-shot channels and semaphores of tokio, the
//! unbounded channels of futures. To the checker each of their operations is one step.

mod clock;
pub(crate) mod flume;
pub(crate) mod mpsc;
pub(crate) mod thread;

mod home;
mod lazy;
mod local;

pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard, atomic};
pub(crate) use shuttle::thread_local;

pub(crate) use clock::sleep;
pub(crate) use home::{Home, Lack, Runtimes, Site, Task};
pub(crate) use lazy::LazyLock;
pub(crate) use local::{TaskLocal, task_local};

/// Runs one execution of a model: with statics of its own, and up to the end of each thread that the library started.
pub(crate) fn execute(model: impl FnOnce()) {
    lazy::forget();
    thread::forget();
    model();
    thread::join_all();
}
