//! What was sent, for tests that count.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

tokio::task_local! {
    static CURRENT: Option<Recorder>;
}

/// One statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRecord {
    /// Its text, without values.
    pub sql: Arc<str>,
    /// How long it took.
    pub duration: Duration,
    /// Whether the database accepted it.
    pub succeeded: bool,
}

/// Runs a future and tells what it sent, in order: a-methods, sync methods behind `sync_to_async`, and transactions.
/// Commands that begin and end transactions are not counted, nor is what its spawned tasks send.
pub async fn capture_queries<F: Future>(future: F) -> (F::Output, Vec<QueryRecord>) {
    let recorder = Recorder::default();
    let output = Recorder::scope(Some(recorder.clone()), future).await;
    (output, recorder.take())
}

/// Listens to what is sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorder(Arc<Mutex<Vec<QueryRecord>>>);

impl Recorder {
    /// The one that listens to the calling code.
    pub(super) fn current() -> Option<Self> {
        CURRENT.try_with(Option::clone).ok().flatten()
    }

    /// Tells whether one listens to the calling code.
    pub(super) fn is_there() -> bool {
        CURRENT.try_with(Option::is_some).unwrap_or(false)
    }

    /// Runs a future to which this one listens, or none.
    pub(super) fn scope<F: Future>(this: Option<Self>, future: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(this, future)
    }

    /// Runs a closure to which this one listens, or none.
    pub(super) fn run<T>(this: Option<Self>, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(this, work)
    }

    pub(super) fn record(&self, sql: &Arc<str>, since: Instant, succeeded: bool) {
        let record = QueryRecord { sql: Arc::clone(sql), duration: since.elapsed(), succeeded };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    fn take(&self) -> Vec<QueryRecord> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
