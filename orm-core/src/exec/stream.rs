//! Rows as they come.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};

use super::compile;
use super::database::Database;
use super::prefetch::prefetched;
use crate::ast::Select;
use crate::dialect::Dialect;
use crate::driver::Batching;
use crate::error::Result;
use crate::model::Model;
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
    fill: Fill<T>,
    batches: Option<BoxStream<'static, Result<Vec<T>>>>,
    rows: vec::IntoIter<T>,
    ended: bool,
}

/// Loads the relations that a query names into a batch of its rows.
type Fill<T> = fn(Database, Arc<Select>, Vec<T>) -> BoxFuture<'static, Result<Vec<T>>>;

/// Batches before they are taken apart.
type Batches = BoxStream<'static, Result<Box<dyn Rows>>>;

/// How many rows wait for each other to be given their relations, where none is said.
const FILLED_AT_ONCE: usize = 1_000;

impl<T: Send + 'static> RowStream<T> {
    pub(super) fn new<M: Model>(using: Using, query: Arc<Select>, decoder: Decoder<T>, batching: Batching) -> Self {
        let batching = match batching {
            Batching::Wire if !query.prefetch.is_empty() => Batching::Cursor(FILLED_AT_ONCE),
            batching => batching,
        };
        let rows = Vec::new().into_iter();
        Self { using, query, decoder, batching, fill: filled::<M, T>, batches: None, rows, ended: false }
    }

    /// Asks another database than the default one: `&db`, or an alias.
    pub fn using(mut self, using: impl Into<Using>) -> Self {
        self.using = using.into();
        self
    }

    fn start(&self) -> Result<BoxStream<'static, Result<Vec<T>>>> {
        let database = Database::resolve(&self.using)?;
        database.admit(&self.query)?;
        Ok(begin(database, Arc::clone(&self.query), self.decoder.clone(), self.batching, self.fill))
    }

    /// The next batch, as an iterator of its rows; nothing behind the last.
    fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<vec::IntoIter<T>>>> {
        if self.batches.is_none() {
            self.batches = Some(self.start()?);
        }
        let Some(batches) = &mut self.batches else { return Poll::Ready(None) };
        let batch = ready!(batches.as_mut().poll_next(context));
        Poll::Ready(batch.map(|batch| batch.map(Vec::into_iter)))
    }
}

/// The batches of a query's rows, with the relations that it names.
fn begin<T: Send + 'static>(
    database: Database,
    query: Arc<Select>,
    decoder: Decoder<T>,
    batching: Batching,
    fill: Fill<T>,
) -> BoxStream<'static, Result<Vec<T>>> {
    let answer = answer(database.clone(), Arc::clone(&query), decoder, batching);
    let batches = stream::once(answer).try_flatten().map(|batch| Collect::unbox(batch?));
    if query.prefetch.is_empty() {
        return Box::pin(batches);
    }
    Box::pin(batches.and_then(move |rows| fill(database.clone(), Arc::clone(&query), rows)))
}

/// The batches as they are sent, as soon as the first is there.
async fn answer<T: Send + 'static>(
    database: Database,
    query: Arc<Select>,
    decoder: Decoder<T>,
    batching: Batching,
) -> Result<Batches> {
    let write = |dialect: &Dialect| compile::select(&query, dialect);
    let send = |statement| started(database.stream(statement, Collect::boxed(decoder.clone()), batching));
    let batches = database.answered(write, send).await?;
    Ok(batches.unwrap_or_else(|| stream::empty().boxed()))
}

/// Waits for the first batch: an error before it is that of the statement, which may be sent once more.
async fn started(mut batches: Batches) -> Result<Batches> {
    match batches.try_next().await? {
        Some(first) => Ok(stream::once(async move { Ok(first) }).chain(batches).boxed()),
        None => Ok(stream::empty().boxed()),
    }
}

fn filled<M: Model, T: Send + 'static>(
    database: Database,
    query: Arc<Select>,
    rows: Vec<T>,
) -> BoxFuture<'static, Result<Vec<T>>> {
    Box::pin(async move { prefetched::<M, T>(&database, &query, rows).await })
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
