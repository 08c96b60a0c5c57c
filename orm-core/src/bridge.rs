//! The bridge between sync and async code, and what stands on it: transactions and sync querysets.
//!
//! Sync code waits for a future in one place, `wait`; every sync method is that wait around its a-method. It is
//! refused on threads that drive async tasks. What crosses the bridge takes its
//! surroundings along: databases in scope, the runtime, open transactions.

mod async_to_sync;
mod atomic;
mod body;
mod context;
mod instance;
mod queryset;
mod sync_to_async;
mod test_database;
mod threads;
mod transaction;
mod wait;

pub use async_to_sync::{AsyncToSync, async_to_sync};
pub use atomic::{Atomic, atomic, try_atomic};
pub use body::{Body, Once, Repeated};
pub use context::SyncContext;
pub use instance::{SyncInstance, SyncSaveDraft, SyncSource};
pub use queryset::{Blocking, Rows, SyncQuerySet};
pub use sync_to_async::{SyncToAsync, sync_to_async};
pub use test_database::TestDatabase;
pub use transaction::{Hook, Transaction, on_commit};
