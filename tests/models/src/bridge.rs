//! The bridge's own files, between stand-ins for what they name.

#[path = "../../../orm-core/src/bridge/async_to_sync.rs"]
mod async_to_sync;
#[path = "../../../orm-core/src/bridge/context.rs"]
mod context;
#[path = "../../../orm-core/src/bridge/sync_to_async.rs"]
mod sync_to_async;
#[path = "../../../orm-core/src/bridge/threads.rs"]
mod threads;

mod hand_over;
mod nesting;

pub use async_to_sync::async_to_sync;
pub use context::SyncContext;
pub use sync_to_async::sync_to_async;

mod transaction {
    /// No transaction is open.
    pub(super) fn open() -> Vec<()> {
        Vec::new()
    }
}

mod wait {
    use std::future::Future;

    use crate::error::Result;

    /// Waits as the checker does. (That threads which drive tasks are refused is tested where there is a runtime.)
    pub(super) struct Loop;

    impl Loop {
        pub(super) fn here(_: &'static str) -> Result<Self> {
            Ok(Self)
        }

        pub(super) fn new(_: &'static str) -> Result<Self> {
            Ok(Self)
        }

        pub(super) fn handle(&self) -> &Self {
            self
        }

        pub(super) fn enter(&self) {}

        pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
            shuttle::future::block_on(future)
        }
    }
}
