//! One `tracing` span per statement, with OpenTelemetry's names and no bound values.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures::stream::{self, BoxStream};
use tracing::{Instrument, Level, Span, field};

use super::record::Recorder;
use crate::driver::Driver;
use crate::error::Result;
use crate::row::Rows;
use crate::statement::Statement;

/// The most bytes of SQL text that a span shows.
const TEXT_LIMIT: usize = 2_048;

/// What watches a statement: nothing, mostly.
#[derive(Debug)]
pub(super) struct Trace(Option<Box<Watchers>>);

#[derive(Debug)]
struct Watchers {
    recording: Option<(Recorder, Arc<str>, Instant)>,
    span: Option<Span>,
}

impl Trace {
    /// Asks what is to watch a statement that is about to be sent.
    #[inline]
    pub(super) fn of(driver: &dyn Driver, statement: &Statement) -> Self {
        let (recorder, span) = (Recorder::current(), span(driver, statement));
        if recorder.is_none() && span.is_none() {
            return Self(None);
        }
        let recording = recorder.map(|recorder| (recorder, Arc::clone(&statement.sql), Instant::now()));
        Self(Some(Box::new(Watchers { recording, span })))
    }

    /// Waits for the answer to the statement, and tells them how it ended.
    pub(super) async fn follow<T>(
        self,
        answer: Pin<&mut impl Future<Output = Result<T>>>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let Some(watchers) = self.0 else { return answer.await };
        let span = watchers.span.unwrap_or_else(Span::none);
        let result = answer.instrument(span.clone()).await;
        if let Some((recorder, sql, since)) = watchers.recording {
            recorder.record(&sql, since, result.is_ok());
        }
        match &result {
            Ok(value) => span.record("db.response.returned_rows", rows(value)),
            Err(error) => span.record("error.type", field::display(error)),
        };
        result
    }
}

/// Runs a stream of batches in the span of its statement, which ends with the stream.
pub(super) fn traced_stream(
    trace: Trace,
    mut batches: BoxStream<'static, Result<Box<dyn Rows>>>,
) -> BoxStream<'static, Result<Box<dyn Rows>>> {
    let Some(watchers) = trace.0 else { return batches };
    if let Some((recorder, sql, since)) = watchers.recording {
        recorder.record(&sql, since, true);
    }
    let Some(span) = watchers.span else { return batches };
    let mut rows = 0_u64;
    Box::pin(stream::poll_fn(move |context| {
        let polled = span.in_scope(|| batches.as_mut().poll_next(context));
        match &polled {
            Poll::Ready(Some(Ok(batch))) => rows += batch.len() as u64,
            Poll::Ready(Some(Err(error))) => _ = span.record("error.type", field::display(error)),
            Poll::Ready(None) => _ = span.record("db.response.returned_rows", rows),
            Poll::Pending => {}
        }
        polled
    }))
}

/// Tells whether anything watches what is sent.
pub(super) fn is_watched() -> bool {
    Recorder::is_there() || has_span()
}

fn has_span() -> bool {
    tracing::enabled!(target: "dormouse", Level::DEBUG)
}

fn span(driver: &dyn Driver, statement: &Statement) -> Option<Span> {
    has_span().then(|| {
        tracing::debug_span!(
            target: "dormouse",
            "query",
            db.system.name = driver.server().product,
            db.operation.name = ?statement.intent,
            db.query.text = shown(&statement.sql),
            db.response.returned_rows = field::Empty,
            error.type = field::Empty,
        )
    })
}

fn shown(sql: &str) -> &str {
    let end = (0..=TEXT_LIMIT.min(sql.len())).rev().find(|&end| sql.is_char_boundary(end)).unwrap_or(0);
    sql.get(..end).unwrap_or_default()
}
