//! The verbs of a driver over a pool: the same for every server, whatever its [`Protocol`].

use std::sync::Arc;
use std::task::Poll;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, poll};
use sqlx::Either;

use super::lease::Lease;
use super::pool::Pool;
use super::protocol::{After, Fault, FormedRow, Protocol};
use super::{Batching, Driver, Server};
use crate::error::Result;
use crate::row::Rows;
use crate::statement::{Done, Intent, Statement};

/// A stream hands out its first rows in batches of this size, then in ever larger ones.
const FIRST_BATCH: usize = 32;
const LARGEST_BATCH: usize = 1_024;
/// The name of the server-side cursor; a connection has one at a time.
const CURSOR: &str = "dormouse_rows";

/// A server behind a pool of connections.
#[derive(Debug)]
pub(super) struct Pooled<P: Protocol> {
    pool: Pool<P>,
    server: Server,
}

impl<P: Protocol> Pooled<P> {
    pub(super) fn new(pool: Pool<P>, server: Server) -> Self {
        Self { pool, server }
    }
}

impl<P: Protocol> Driver for Pooled<P> {
    fn server(&self) -> &Server {
        &self.server
    }

    fn fetch(&self, statement: Statement, mut rows: Box<dyn Rows>) -> BoxFuture<'static, Result<Box<dyn Rows>>> {
        let pool = self.pool.clone();
        Box::pin(async move {
            let mut lease = pool.acquire().await?;
            if let Err(fault) = fetch(&pool, &mut lease, &statement, rows.as_mut()).await {
                // Nothing was decoded, so nothing the caller will see is lost or doubled.
                let repeatable = statement.intent == Intent::Read && rows.is_empty();
                lease = recover(&pool, lease, fault, repeatable).await?;
                fetch(&pool, &mut lease, &statement, rows.as_mut()).await.map_err(|fault| fault.error)?;
            }
            Ok(rows)
        })
    }

    fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        let pool = self.pool.clone();
        match batching {
            Batching::Cursor(size) if statement.intent == Intent::Read => match P::cursor(CURSOR, &statement.sql) {
                Some(declare) => {
                    let declare = Statement { sql: declare.into(), persistent: false, ..statement };
                    Box::pin(by_cursor(pool, declare, rows, size.max(1)))
                }
                None => Box::pin(by_wire(pool, statement, rows, Batches::of(size))),
            },
            Batching::Cursor(size) => Box::pin(by_wire(pool, statement, rows, Batches::of(size))),
            Batching::Wire => Box::pin(by_wire(pool, statement, rows, Batches::growing())),
        }
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'static, Result<Done>> {
        let pool = self.pool.clone();
        Box::pin(async move {
            let mut lease = pool.acquire().await?;
            match execute(&pool, &mut lease, &statement).await {
                Ok(done) => Ok(done),
                Err(fault) => {
                    lease = recover(&pool, lease, fault, statement.intent == Intent::Read).await?;
                    execute(&pool, &mut lease, &statement).await.map_err(|fault| fault.error)
                }
            }
        })
    }

    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>> {
        let pool = self.pool.clone();
        Box::pin(async move {
            let mut lease = pool.acquire().await?;
            match execute_all(&mut lease, &statements).await {
                Ok(done) => Ok(done),
                Err(fault) => {
                    lease = recover(&pool, lease, fault, false).await?;
                    execute_all(&mut lease, &statements).await.map_err(|fault| fault.error)
                }
            }
        })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        let pool = self.pool.clone();
        Box::pin(async move { pool.close().await })
    }
}

/// Finds a connection for a second attempt, or says that there must be none.
async fn recover<P: Protocol>(pool: &Pool<P>, mut lease: Lease<P>, fault: Fault, repeatable: bool) -> Result<Lease<P>> {
    match fault.after {
        After::Replan => {
            // The server refused before it did anything, so a write may be repeated too.
            lease.replan().await.map_err(|fault| fault.error)?;
            Ok(lease)
        }
        After::Lost => {
            drop(lease);
            pool.suspect();
            if repeatable { pool.acquire().await } else { Err(fault.error) }
        }
        After::Usable | After::Unknown => Err(fault.error),
    }
}

async fn fetch<P: Protocol>(
    pool: &Pool<P>,
    lease: &mut Lease<P>,
    statement: &Statement,
    rows: &mut dyn Rows,
) -> Result<(), Fault> {
    let outcome = if pool.protocol().options().pooler {
        lease.begin_transaction(false).await?;
        let outcome = lease.fetch(statement, rows).await;
        lease.end_transaction(outcome).await
    } else {
        lease.fetch(statement, rows).await
    };
    finish(lease, [statement], outcome).map(|_| ())
}

async fn execute<P: Protocol>(pool: &Pool<P>, lease: &mut Lease<P>, statement: &Statement) -> Result<Done, Fault> {
    // A change of the schema is sent as one message, and some of them refuse to run inside a transaction.
    let outcome = if pool.protocol().options().pooler && statement.intent != Intent::Schema {
        lease.begin_transaction(false).await?;
        let outcome = lease.execute(statement).await;
        lease.end_transaction(outcome).await
    } else {
        lease.execute(statement).await
    };
    finish(lease, [statement], outcome)
}

async fn execute_all<P: Protocol>(lease: &mut Lease<P>, statements: &[Statement]) -> Result<Vec<Done>, Fault> {
    lease.begin_transaction(false).await?;
    let mut outcome = Ok(Vec::with_capacity(statements.len()));
    for statement in statements {
        outcome = match (outcome, lease.execute(statement).await) {
            (Ok(mut done), Ok(more)) => {
                done.push(more);
                Ok(done)
            }
            (Err(fault), _) | (_, Err(fault)) => Err(fault),
        };
        if outcome.is_err() {
            break;
        }
    }
    let outcome = lease.end_transaction(outcome).await;
    finish(lease, statements, outcome)
}

/// Gives the connection back if the outcome left it usable.
fn finish<'s, P: Protocol, T>(
    lease: &mut Lease<P>,
    statements: impl IntoIterator<Item = &'s Statement>,
    outcome: Result<T, Fault>,
) -> Result<T, Fault> {
    if outcome.as_ref().err().is_none_or(|fault| fault.after.is_usable()) {
        lease.finish(statements);
    }
    outcome
}

/// How many rows the batches of a stream have.
struct Batches {
    next: usize,
    largest: usize,
    /// Whether rows wait for their batch to fill when no more are there yet.
    full: bool,
}

impl Batches {
    fn growing() -> Self {
        Self { next: FIRST_BATCH, largest: LARGEST_BATCH, full: false }
    }

    fn of(size: usize) -> Self {
        Self { next: size.max(1), largest: size.max(1), full: true }
    }

    fn grow(&mut self) {
        self.next = (self.next * 8).min(self.largest);
    }
}

/// Rows as they come off the wire. The socket is the backpressure: who takes no rows, reads none.
fn by_wire<P: Protocol>(
    pool: Pool<P>,
    statement: Statement,
    rows: Box<dyn Rows>,
    mut batches: Batches,
) -> impl Stream<Item = Result<Box<dyn Rows>>> + Send {
    async_stream::try_stream! {
        let mut lease = pool.acquire().await?;
        let mut batch = rows;
        let mut delivered = 0;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut failed = None;
            if pool.protocol().options().pooler {
                failed = lease.begin_transaction(false).await.err();
            }
            if failed.is_none() {
                let mut answer = lease.send(&statement)?;
                let mut forms = Vec::new();
                let mut pending = 0;
                loop {
                    let step = match poll!(answer.next()) {
                        Poll::Ready(step) => step,
                        Poll::Pending => {
                            if pending > 0 && !batches.full {
                                let next = batch.fresh();
                                yield std::mem::replace(&mut batch, next);
                                pending = 0;
                            }
                            answer.next().await
                        }
                    };
                    match step {
                        None => break,
                        Some(Ok(Either::Left(_))) => {}
                        Some(Ok(Either::Right(row))) => {
                            if forms.is_empty() {
                                forms = P::forms(&row);
                            }
                            batch.push(&FormedRow::<P> { row: &row, forms: &forms })?;
                            delivered += 1;
                            pending += 1;
                            if pending == batches.next {
                                let next = batch.fresh();
                                yield std::mem::replace(&mut batch, next);
                                pending = 0;
                                batches.grow();
                            }
                        }
                        Some(Err(error)) => {
                            failed = Some(pool.protocol().fault(error));
                            break;
                        }
                    }
                }
            }
            let outcome = match failed {
                None if pool.protocol().options().pooler => lease.end_transaction(Ok(())).await,
                None => Ok(()),
                Some(fault) if pool.protocol().options().pooler => lease.end_transaction(Err(fault)).await,
                Some(fault) => Err(fault),
            };
            match finish(&mut lease, [&statement], outcome) {
                Ok(()) => break,
                Err(fault) if attempts == 1 && delivered == 0 => {
                    lease = recover(&pool, lease, fault, statement.intent == Intent::Read).await?;
                }
                Err(fault) => Err(fault.error)?,
            }
        }
        drop(lease);
        if !batch.is_empty() {
            yield batch;
        }
    }
}

/// Rows by a server-side cursor, `size` at a time, in a read-only transaction of their own.
fn by_cursor<P: Protocol>(
    pool: Pool<P>,
    declare: Statement,
    rows: Box<dyn Rows>,
    size: usize,
) -> impl Stream<Item = Result<Box<dyn Rows>>> + Send {
    async_stream::try_stream! {
        let sql: Arc<str> = format!("FETCH FORWARD {size} FROM {CURSOR}").into();
        // Each cursor has columns of its own, so a kept plan of FETCH would fit the first only.
        let more = Statement { persistent: false, ..Statement::new(sql, Vec::new(), Intent::Read) };
        let mut lease = pool.acquire().await?;
        if let Err(fault) = open_cursor(&mut lease, &declare).await {
            lease = recover(&pool, lease, fault, true).await?;
            open_cursor(&mut lease, &declare).await.map_err(|fault| fault.error)?;
        }
        loop {
            let mut batch = rows.fresh();
            let fetched = match lease.fetch(&more, batch.as_mut()).await {
                Ok(done) => done.rows_affected,
                Err(fault) => {
                    let outcome = lease.end_transaction::<()>(Err(fault)).await;
                    let outcome = finish(&mut lease, [], outcome);
                    outcome.map_err(|fault| fault.error)?;
                    break;
                }
            };
            let last = fetched < size as u64;
            if last {
                let outcome = lease.end_transaction(Ok(())).await;
                finish(&mut lease, [], outcome).map_err(|fault| fault.error)?;
            }
            if fetched > 0 {
                yield batch;
            }
            if last {
                break;
            }
        }
    }
}

async fn open_cursor<P: Protocol>(lease: &mut Lease<P>, declare: &Statement) -> Result<(), Fault> {
    lease.begin_transaction(true).await?;
    match lease.execute(declare).await {
        Ok(_) => Ok(()),
        Err(fault) => {
            let outcome = lease.end_transaction(Err(fault)).await;
            finish(lease, [], outcome)
        }
    }
}
