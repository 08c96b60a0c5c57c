//! Streams: a read on a thread of its own that goes on as fast as its rows are taken.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures::stream::{BoxStream, Stream, StreamExt, TryStreamExt};

use super::error::closed;
use super::lane::Lane;
use super::readers::{Line, Reader};
use super::watch::{Cancel, CancelOnDrop};
use crate::driver::Batching;
use crate::error::{ConnectionFault, Error, ErrorKind, Result, Waiting};
use crate::row::Rows;
use crate::statement::{Intent, Statement};

/// Batches that wait to be taken.
const WAITING: usize = 2;
/// Rows in the first batch; each is twice the one before, up to [`FULL`].
const FIRST: usize = 64;
const FULL: usize = 1_024;
/// How often a sender that waits looks whether the driver is closing.
const LOOK: Duration = Duration::from_millis(50);

type Batch = Box<dyn Rows>;

/// Streams the rows of a statement.
pub(super) fn stream(
    lane: Arc<Lane>,
    statement: Statement,
    rows: Batch,
    batching: Batching,
) -> BoxStream<'static, Result<Batch>> {
    let start = async move {
        match statement.intent {
            Intent::Read => start(&lane, statement, rows, batching).await.map(StreamExt::boxed),
            // A write is complete before its first row is handed out.
            Intent::Write | Intent::Schema => {
                let rows = lane.write(statement, Some(rows)).await?.rows;
                Ok(futures::stream::iter(rows.map(Ok)).boxed())
            }
        }
    };
    futures::stream::once(start).try_flatten().boxed()
}

async fn start(lane: &Arc<Lane>, statement: Statement, rows: Batch, batching: Batching) -> Result<Batches> {
    let reader = lane.readers.take(Line::Stream).await?;
    // The only connection of a database in memory must not wait for anybody.
    let (sender, receiver) = if lane.in_memory { flume::unbounded() } else { flume::bounded(WAITING) };
    let cancel = CancelOnDrop(Arc::new(Cancel::or_closing(Arc::clone(&lane.closing))));
    let outcome = Arc::new(Mutex::new(None));
    let outlet = Outlet { sender, cancel: Arc::clone(&cancel.0), patience: lane.stream_timeout };
    let run = Run { reader, statement, outlet, template: rows, batching, outcome: Arc::clone(&outcome) };
    lane.workers.run(|| run.finish())?;
    Ok(Batches { batches: receiver.into_stream(), outcome, ended: false, _cancel: cancel })
}

/// How a run ended; `None` while it goes on.
type Outcome = Arc<Mutex<Option<Result<()>>>>;

/// The side of a stream that reads.
struct Run {
    reader: Reader,
    statement: Statement,
    outlet: Outlet,
    template: Batch,
    batching: Batching,
    outcome: Outcome,
}

impl Run {
    fn finish(self) {
        let Self { mut reader, statement, outlet, template, batching, outcome } = self;
        let mut size = match batching {
            Batching::Wire => FIRST,
            Batching::Cursor(rows) => rows.max(1),
        };
        let mut batch = template.fresh();
        let mut stopped = false;
        let result = reader.read_patiently(&statement, &outlet.cancel, |row| {
            batch.push(row)?;
            if batch.len() < size {
                return Ok(());
            }
            if batching == Batching::Wire {
                size = (size * 2).min(FULL);
            }
            let full = std::mem::replace(&mut batch, template.fresh());
            outlet.send(full).inspect_err(|_| stopped = true)
        });
        // The snapshot is free again before anybody waits for the last batch to be taken.
        drop(reader);
        // What was read before an error is delivered before it.
        let last = if stopped || batch.is_empty() { Ok(()) } else { outlet.send(batch) };
        let result = if outlet.cancel.is_closing() { result.map_err(|_| closed()) } else { result };
        *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(result.and(last));
        // Only now does the channel end, so that its reader finds the outcome.
        drop(outlet);
    }
}

/// Where a run puts its batches.
struct Outlet {
    sender: flume::Sender<Batch>,
    cancel: Arc<Cancel>,
    patience: Duration,
}

impl Outlet {
    /// Waits until there is room; an error if the rows are not taken in time, or at all.
    fn send(&self, batch: Batch) -> Result<()> {
        let deadline = Instant::now() + self.patience;
        let mut batch = batch;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.sender.send_timeout(batch, left.min(LOOK)) {
                Ok(()) => return Ok(()),
                Err(flume::SendTimeoutError::Disconnected(_)) => {
                    return Err(Error::connection(ConnectionFault::Closed, "the stream was dropped"));
                }
                Err(flume::SendTimeoutError::Timeout(_)) if self.cancel.is_cancelled() => return Err(closed()),
                Err(flume::SendTimeoutError::Timeout(_)) if left.is_zero() => return Err(self.expired()),
                Err(flume::SendTimeoutError::Timeout(unsent)) => batch = unsent,
            }
        }
    }

    /// An open read keeps SQLite from reusing its log, which then grows without bound.
    fn expired(&self) -> Error {
        ErrorKind::Timeout { what: Waiting::Stream, after: Some(self.patience) }.into()
    }
}

/// The side of a stream that takes.
struct Batches {
    batches: flume::r#async::RecvStream<'static, Batch>,
    outcome: Outcome,
    ended: bool,
    _cancel: CancelOnDrop,
}

impl Stream for Batches {
    type Item = Result<Batch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Some(batch) = ready!(self.batches.poll_next_unpin(context)) {
            return Poll::Ready(Some(Ok(batch)));
        }
        self.ended = true;
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A run without an outcome never got a thread, or lost it: its rows are not all there.
        Poll::Ready(outcome.unwrap_or_else(|| Err(closed())).err().map(Err))
    }
}
