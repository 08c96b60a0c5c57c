//! One `tracing` span per statement, with OpenTelemetry's names and no bound values.

use std::future::Future;

use tracing::{Instrument, Level, Span, field};

use crate::driver::Server;
use crate::error::Result;
use crate::statement::Intent;

/// The most bytes of SQL text that a span shows.
const TEXT_LIMIT: usize = 2_048;

/// Runs a statement's future in its span. Without a subscriber that wants it, this is the future alone.
pub(super) async fn traced<T>(
    server: &Server,
    sql: &str,
    intent: Intent,
    statement: impl Future<Output = Result<T>>,
    rows: impl FnOnce(&T) -> u64,
) -> Result<T> {
    if !tracing::enabled!(target: "dormouse", Level::DEBUG) {
        return statement.await;
    }
    let span = tracing::debug_span!(
        target: "dormouse",
        "query",
        db.system.name = server.product,
        db.operation.name = ?intent,
        db.query.text = shown(sql),
        db.response.returned_rows = field::Empty,
        error.type = field::Empty,
    );
    let result = statement.instrument(span.clone()).await;
    record(&span, &result, rows);
    result
}

fn record<T>(span: &Span, result: &Result<T>, rows: impl FnOnce(&T) -> u64) {
    match result {
        Ok(value) => span.record("db.response.returned_rows", rows(value)),
        Err(error) => span.record("error.type", field::display(error)),
    };
}

fn shown(sql: &str) -> &str {
    let end = (0..=TEXT_LIMIT.min(sql.len())).rev().find(|&end| sql.is_char_boundary(end)).unwrap_or(0);
    sql.get(..end).unwrap_or_default()
}
