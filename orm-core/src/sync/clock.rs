//! The library's own loop, and time that passes on any executor.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::runtime::{Builder, Id, Runtime};
use tokio::time::Sleep;

/// Time until so much of it has passed. Its clock goes on any executor, and outlives every other loop.
///
/// # Errors
/// If the loop cannot be started.
pub(crate) fn sleep(time: Duration) -> io::Result<Sleep> {
    let _entered = own_loop()?.enter();
    Ok(tokio::time::sleep(time))
}

static OWN: OnceLock<Runtime> = OnceLock::new();

/// Tells the library's own loop from others, if it has been started.
pub(super) fn own_id() -> Option<Id> {
    OWN.get().map(|runtime| runtime.handle().id())
}

/// The library's own loop, started when it is first needed. Its thread watches sockets and clocks.
pub(crate) fn own_loop() -> io::Result<&'static Runtime> {
    if let Some(runtime) = OWN.get() {
        return Ok(runtime);
    }
    let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("dormouse-loop").enable_all().build()?;
    // If another thread was faster, this loop ends: without a wait, because the thread that asks may not be allowed to.
    OWN.set(runtime).unwrap_or_else(Runtime::shutdown_background);
    own_loop()
}
