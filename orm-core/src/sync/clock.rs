//! The library's own loop.

use std::io;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// The library's own loop, started when it is first needed. Its thread watches sockets and clocks.
pub(crate) fn own_loop() -> io::Result<&'static Runtime> {
    static OWN: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = OWN.get() {
        return Ok(runtime);
    }
    let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("dormouse-loop").enable_all().build()?;
    // If another thread was faster, this loop ends: without a wait, because whoever asks may not be allowed to.
    OWN.set(runtime).unwrap_or_else(Runtime::shutdown_background);
    own_loop()
}
