//! What `tracing` is told of statements, without bound values: a span for each, with OpenTelemetry's names, and an event at its
//! end, in the span of the caller.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures::stream::{self, BoxStream};
use tracing::{Dispatch, Instrument, Level, Span, dispatcher, field};

use super::record::Recorder;
use crate::driver::{Driver, operation_name};
use crate::error::{Error, Result};
use crate::row::Rows;
use crate::statement::Statement;

/// The most bytes of SQL text that is shown.
const TEXT_LIMIT: usize = 2_048;

/// What watches a statement: nothing, mostly.
#[derive(Debug)]
pub(super) struct Trace(Option<Box<Watchers>>);

#[derive(Debug)]
struct Watchers {
    recorder: Option<Recorder>,
    /// Whether a subscriber listens.
    traced: bool,
    span: Span,
    sql: Arc<str>,
    since: Instant,
    rows: u64,
    end: End,
}

/// How a statement ended.
#[derive(Debug)]
enum End {
    /// Its future or stream was dropped before its answer.
    Dropped,
    Answered,
    Failed(String),
}

impl Trace {
    /// Asks what is to watch a statement that is about to be sent.
    #[inline]
    pub(super) fn of(driver: &dyn Driver, statement: &Statement) -> Self {
        let (recorder, traced) = (Recorder::current(), is_traced());
        if recorder.is_none() && !traced {
            return Self(None);
        }
        Self::new(driver, Arc::clone(&statement.sql), recorder, traced)
    }

    /// The same of a command that begins or ends a transaction, which is not counted.
    #[inline]
    pub(super) fn of_command(driver: &dyn Driver, command: &str) -> Self {
        if is_traced() { Self::new(driver, command.into(), None, true) } else { Self(None) }
    }

    #[inline(never)]
    fn new(driver: &dyn Driver, sql: Arc<str>, recorder: Option<Recorder>, traced: bool) -> Self {
        let span = if traced { span(driver, &sql) } else { Span::none() };
        let (since, rows, end) = (Instant::now(), 0, End::Dropped);
        Self(Some(Box::new(Watchers { recorder, traced, span, sql, since, rows, end })))
    }

    /// Waits for the answer to the statement, and tells them how it ended.
    pub(super) async fn follow<T>(
        self,
        answer: Pin<&mut impl Future<Output = Result<T>>>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let Some(mut watchers) = self.0 else { return answer.await };
        let result = answer.instrument(watchers.span.clone()).await;
        watchers.record(result.is_ok());
        match &result {
            Ok(value) => watchers.answered(rows(value)),
            Err(error) => watchers.failed(error),
        }
        result
    }
}

/// Where code is traced: who listens, and the span it is in.
#[derive(Debug, Clone)]
pub(super) struct Traced(Dispatch, Span);

impl Traced {
    /// Of the calling code, if anyone listens.
    pub(super) fn current() -> Option<Self> {
        is_traced().then(|| Self(dispatcher::get_default(Clone::clone), Span::current()))
    }

    /// Runs a closure as if it were called there.
    pub(super) fn run<T>(this: Option<Self>, work: impl FnOnce() -> T) -> T {
        match this {
            Some(Self(dispatch, span)) => dispatcher::with_default(&dispatch, || span.in_scope(work)),
            None => work(),
        }
    }
}

impl Watchers {
    /// Tells those who count.
    fn record(&self, succeeded: bool) {
        if let Some(recorder) = &self.recorder {
            recorder.record(&self.sql, self.since, succeeded);
        }
    }

    fn answered(&mut self, rows: u64) {
        self.span.record("db.response.returned_rows", rows);
        (self.rows, self.end) = (rows, End::Answered);
    }

    fn failed(&mut self, error: &Error) {
        self.span.record("error.type", field::display(error));
        self.end = End::Failed(error.to_string());
    }
}

/// The event: when the statement has ended, or is given up.
impl Drop for Watchers {
    fn drop(&mut self) {
        if !self.traced {
            return;
        }
        let error = match &self.end {
            End::Failed(error) => Some(error.as_str()),
            End::Answered | End::Dropped => None,
        };
        tracing::debug!(
            target: "dormouse",
            duration = ?self.since.elapsed(),
            rows = self.rows,
            db.operation.name = &*operation_name(&self.sql),
            db.query.text = %shown(&self.sql),
            error,
            dropped = matches!(self.end, End::Dropped).then_some(true),
            "query",
        );
    }
}

/// Runs a stream of batches in the span of its statement, which ends with the stream.
pub(super) fn traced_stream(
    trace: Trace,
    mut batches: BoxStream<'static, Result<Box<dyn Rows>>>,
) -> BoxStream<'static, Result<Box<dyn Rows>>> {
    let Some(mut watchers) = trace.0 else { return batches };
    watchers.record(true);
    if !watchers.traced {
        return batches;
    }
    Box::pin(stream::poll_fn(move |context| {
        let polled = watchers.span.in_scope(|| batches.as_mut().poll_next(context));
        match &polled {
            Poll::Ready(Some(Ok(batch))) => watchers.rows += batch.len() as u64,
            Poll::Ready(Some(Err(error))) => watchers.failed(error),
            Poll::Ready(None) if matches!(watchers.end, End::Dropped) => watchers.answered(watchers.rows),
            Poll::Ready(None) | Poll::Pending => {}
        }
        polled
    }))
}

/// Tells whether anything watches what is sent.
pub(super) fn is_watched() -> bool {
    Recorder::is_there() || is_traced()
}

fn is_traced() -> bool {
    tracing::enabled!(target: "dormouse", Level::DEBUG)
}

fn span(driver: &dyn Driver, sql: &str) -> Span {
    tracing::debug_span!(
        target: "dormouse",
        "query",
        db.system.name = driver.server().product.to_ascii_lowercase(),
        db.operation.name = &*operation_name(sql),
        db.query.text = shown(sql),
        db.response.returned_rows = field::Empty,
        error.type = field::Empty,
    )
}

fn shown(sql: &str) -> &str {
    let end = (0..=TEXT_LIMIT.min(sql.len())).rev().find(|&end| sql.is_char_boundary(end)).unwrap_or(0);
    sql.get(..end).unwrap_or_default()
}
