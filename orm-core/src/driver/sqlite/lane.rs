//! What the verbs of a driver share, and the order in which it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::census::Census;
use super::long_reads::LongReads;
use super::readers::Readers;
use super::workers::Workers;
use super::writer::{Job, Writer};

/// What the verbs share. The readers come first, so that the writer is the last to close and takes care of the log.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) readers: Arc<Readers>,
    pub(super) workers: Workers,
    pub(super) writer: Writer,
    pub(super) census: Arc<Census>,
    pub(super) long_reads: Arc<LongReads>,
    pub(super) closing: Arc<AtomicBool>,
    pub(super) in_memory: bool,
    pub(super) inline: bool,
    pub(super) stream_timeout: Duration,
}

impl Lane {
    /// Does what is queued, refuses what comes later, and waits until no thread and no connection is left.
    pub(super) async fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.readers.close();
        if let Writer::Queue(queue, _) = &self.writer {
            // The thread is gone already when the driver is closed twice.
            queue.send(Job::Close).unwrap_or_default();
        }
        self.workers.close();
        self.census.close();
        self.census.emptied().await;
    }
}
