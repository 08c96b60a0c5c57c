//! Rows as they come.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use futures::Stream;
use futures::stream::BoxStream;

use super::database::Database;
use crate::compiler;
use crate::driver::Batching;
use crate::error::Result;
use crate::query::Select;
use crate::queryset::Using;
use crate::row::{Collect, Decoder, Rows};

/// The rows of a queryset as a stream: owned, `Send + 'static`. The query is sent when it is first polled; rows are
/// fetched as fast as they are taken, and memory stays flat however many there are. Dropping it half-way frees its
/// connection.
#[must_use = "a stream does nothing until it is polled"]
pub struct RowStream<T> {
    using: Using,
    query: Arc<Select>,
    decoder: Decoder<T>,
    batching: Batching,
    batches: Option<BoxStream<'static, Result<Box<dyn Rows>>>>,
    rows: vec::IntoIter<T>,
    ended: bool,
}

impl<T: Send + 'static> RowStream<T> {
    pub(super) fn new(using: Using, query: Arc<Select>, decoder: Decoder<T>, batching: Batching) -> Self {
        Self { using, query, decoder, batching, batches: None, rows: Vec::new().into_iter(), ended: false }
    }

    /// Asks another database than the default one: `&db`, or an alias.
    pub fn using(mut self, using: impl Into<Using>) -> Self {
        self.using = using.into();
        self
    }

    fn start(&self) -> Result<BoxStream<'static, Result<Box<dyn Rows>>>> {
        let database = Database::resolve(&self.using)?;
        database.admit(&self.query)?;
        Ok(match compiler::select(&self.query, database.dialect())? {
            Some(statement) => database.stream(statement, Collect::boxed(self.decoder.clone()), self.batching),
            None => Box::pin(futures::stream::empty()),
        })
    }

    /// The next batch, as an iterator of its rows; nothing behind the last.
    fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<vec::IntoIter<T>>>> {
        if self.batches.is_none() {
            self.batches = Some(self.start()?);
        }
        let Some(batches) = &mut self.batches else { return Poll::Ready(None) };
        let batch = ready!(batches.as_mut().poll_next(context));
        Poll::Ready(batch.map(|batch| Ok(Collect::<T>::unbox(batch?)?.into_iter())))
    }
}

impl<T: Send + 'static> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(row) = self.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            match ready!(self.poll_batch(context)) {
                Some(Ok(rows)) => self.rows = rows,
                other => {
                    // The end, or an error: the connection goes back now, not when the stream is dropped.
                    self.ended = true;
                    self.batches = None;
                    return Poll::Ready(other.and_then(Result::err).map(Err));
                }
            }
        }
    }
}

impl<T> Unpin for RowStream<T> {}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("query", &self.query).field("started", &self.batches.is_some()).finish()
    }
}
