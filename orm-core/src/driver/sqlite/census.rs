//! Who is still there: the threads and connections that must end before a driver is closed.

use std::convert::Infallible;
use std::sync::PoisonError;

use super::error::closed;
use crate::error::Result;
use crate::sync::{Mutex, flume};

/// Counts threads and connections by the [`Presence`] each of them keeps.
#[derive(Debug)]
pub(super) struct Census {
    /// The presence to copy, until the driver is closed.
    present: Mutex<Option<Presence>>,
    /// Never gets anything, but tells when the last presence is gone.
    empty: flume::Receiver<Infallible>,
}

/// Kept by each part that must end before the driver is closed.
#[derive(Debug, Clone)]
pub(super) struct Presence(#[expect(dead_code, reason = "kept for its drop")] flume::Sender<Infallible>);

impl Default for Census {
    fn default() -> Self {
        let (present, empty) = flume::bounded(0);
        Self { present: Mutex::new(Some(Presence(present))), empty }
    }
}

impl Census {
    /// Counts one more; an error once closed.
    pub(super) fn enter(&self) -> Result<Presence> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(closed)
    }

    /// Admits no more of them.
    pub(super) fn close(&self) {
        self.present.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Waits until none is left.
    pub(super) async fn emptied(&self) {
        // The only way for this to end is that all senders are gone.
        let Err(flume::RecvError::Disconnected) = self.empty.recv_async().await;
    }
}
