//! One `tracing` span per statement, with OpenTelemetry's names and no bound values.

use std::future::Future;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures::stream::{self, BoxStream};
use tracing::{Instrument, Level, Span, field};

use super::record::Recorder;
use crate::driver::Server;
use crate::error::Result;
use crate::row::Rows;
use crate::statement::Intent;

/// The most bytes of SQL text that a span shows.
const TEXT_LIMIT: usize = 2_048;

/// Runs a statement's future in its span. Without a subscriber that wants it, this is the future alone.
pub(super) async fn traced<T>(
    server: &Server,
    sql: &Arc<str>,
    intent: Intent,
    statement: impl Future<Output = Result<T>>,
    rows: impl FnOnce(&T) -> u64,
) -> Result<T> {
    let recorder = Recorder::current().map(|recorder| (recorder, Instant::now()));
    let span = span(server, sql, intent);
    let result = match &span {
        Some(span) => statement.instrument(span.clone()).await,
        None => statement.await,
    };
    if let Some((recorder, since)) = recorder {
        recorder.record(sql, since, result.is_ok());
    }
    let Some(span) = span else { return result };
    match &result {
        Ok(value) => span.record("db.response.returned_rows", rows(value)),
        Err(error) => span.record("error.type", field::display(error)),
    };
    result
}

/// Runs a stream of batches in the span of its statement, which ends with the stream.
pub(super) fn traced_stream(
    server: &Server,
    sql: &Arc<str>,
    intent: Intent,
    mut batches: BoxStream<'static, Result<Box<dyn Rows>>>,
) -> BoxStream<'static, Result<Box<dyn Rows>>> {
    if let Some(recorder) = Recorder::current() {
        recorder.record(sql, Instant::now(), true);
    }
    let Some(span) = span(server, sql, intent) else { return batches };
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

fn span(server: &Server, sql: &str, intent: Intent) -> Option<Span> {
    tracing::enabled!(target: "dormouse", Level::DEBUG).then(|| {
        tracing::debug_span!(
            target: "dormouse",
            "query",
            db.system.name = server.product,
            db.operation.name = ?intent,
            db.query.text = shown(sql),
            db.response.returned_rows = field::Empty,
            error.type = field::Empty,
        )
    })
}

fn shown(sql: &str) -> &str {
    let end = (0..=TEXT_LIMIT.min(sql.len())).rev().find(|&end| sql.is_char_boundary(end)).unwrap_or(0);
    sql.get(..end).unwrap_or_default()
}
