//! The verbs of a driver over a pool: the same for every server, whatever its [`Protocol`].

use std::slice;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};

use super::fault::{After, Fault};
use super::held::Held;
use super::lease::Lease;
use super::pool::Pool;
use super::protocol::Protocol;
use crate::driver::parts::{keeps_session, stay_in_transaction};
use crate::driver::words::stays_outside_transactions;
use crate::driver::{Batching, Driver, Server, Session, TransactionOptions};
use crate::error::{QueryMistake, Result};
use crate::row::Rows;
use crate::statement::{Done, Intent, Statement};

/// A stream hands out its first rows in batches of this size, then in ever larger ones.
const FIRST_BATCH: usize = 32;
const LARGEST_BATCH: usize = 1_024;
/// How often a cursor is opened again, whose statement the server could not use as it was prepared.
const MOST_REOPENED: usize = 2;

/// The name of the server-side cursor; a connection has one at a time.
const CURSOR: &str = "dormouse_rows";

/// A server behind a pool of connections.
#[derive(Debug)]
pub(in crate::driver) struct Pooled<P: Protocol> {
    pool: Pool<P>,
    server: Server,
}

impl<P: Protocol> Pooled<P> {
    pub(in crate::driver) fn new(pool: Pool<P>, server: Server) -> Self {
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
            stays_outside_transactions(&statement.sql)?;
            let mut lease = pool.acquire().await?;
            if let Err(fault) = fetch(&mut lease, &statement, rows.as_mut()).await {
                // Nothing was decoded, so nothing the caller will see is lost or doubled.
                let repeatable = statement.intent == Intent::Read && rows.is_empty();
                lease = pool.recover(lease, fault, slice::from_ref(&statement), repeatable).await?;
                rows = rows.fresh();
                fetch(&mut lease, &statement, rows.as_mut()).await.map_err(|fault| fault.error)?;
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
            stays_outside_transactions(&statement.sql)?;
            let mut lease = pool.acquire().await?;
            match execute(&mut lease, &statement).await {
                Ok(done) => Ok(done),
                Err(fault) => {
                    let repeatable = statement.intent == Intent::Read;
                    lease = pool.recover(lease, fault, slice::from_ref(&statement), repeatable).await?;
                    execute(&mut lease, &statement).await.map_err(|fault| fault.error)
                }
            }
        })
    }

    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>> {
        let pool = self.pool.clone();
        Box::pin(async move {
            stay_in_transaction(&statements, P::LEXIS)?;
            let mut lease = pool.acquire().await?;
            match execute_all(&mut lease, &statements).await {
                Ok(done) => Ok(done),
                Err(fault) => {
                    lease = pool.recover(lease, fault, &statements, false).await?;
                    execute_all(&mut lease, &statements).await.map_err(|fault| fault.error)
                }
            }
        })
    }

    fn session(&self, options: TransactionOptions) -> BoxFuture<'static, Result<Box<dyn Session>>> {
        let pool = self.pool.clone();
        Box::pin(async move { Ok(Box::new(Held::begin(pool, options).await?) as Box<dyn Session>) })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        let pool = self.pool.clone();
        Box::pin(async move { pool.close().await })
    }
}

async fn fetch<P: Protocol>(lease: &mut Lease<P>, statement: &Statement, rows: &mut dyn Rows) -> Result<(), Fault> {
    let outcome = if lease.needs_transaction(statement) {
        lease.begin_for(statement).await?;
        let outcome = lease.fetch(statement, rows).await;
        lease.end_transaction(outcome).await
    } else {
        let outcome = lease.fetch(statement, rows).await;
        closed(lease, statement, outcome).await
    };
    finish(lease, [statement], outcome).map(|_| ())
}

async fn execute<P: Protocol>(lease: &mut Lease<P>, statement: &Statement) -> Result<Done, Fault> {
    let outcome = if lease.needs_transaction(statement) {
        lease.begin_for(statement).await?;
        let outcome = lease.execute(statement).await;
        lease.end_transaction(outcome).await
    } else {
        let outcome = lease.execute(statement).await;
        closed(lease, statement, outcome).await
    };
    finish(lease, [statement], outcome)
}

/// Rolls back what a statement left open that began a transaction by other words than `BEGIN`, as a procedure does that it
/// calls: its connection is closed, and the program would not know that nothing was kept.
async fn closed<P: Protocol, T>(
    lease: &mut Lease<P>,
    statement: &Statement,
    outcome: Result<T, Fault>,
) -> Result<T, Fault> {
    let Some(marker) = P::MARKER.filter(|_| outcome.is_ok() && !keeps_session(statement, P::LEXIS)) else {
        return outcome;
    };
    match lease.text(format!("{}; {}", marker.set, marker.release)).await {
        Ok(_) => {
            lease.text("ROLLBACK").await?;
            Err(Fault { error: QueryMistake::LeavesTransactionOpen.into(), after: After::Unknown })
        }
        Err(fault) if marker.is_missing(&fault) => outcome,
        Err(fault) => Err(fault),
    }
}

async fn execute_all<P: Protocol>(lease: &mut Lease<P>, statements: &[Statement]) -> Result<Vec<Done>, Fault> {
    lease.begin_transaction(false).await?;
    let outcome = execute_in_order(lease, statements).await;
    let outcome = lease.end_transaction(outcome).await;
    finish(lease, statements, outcome)
}

async fn execute_in_order<P: Protocol>(lease: &mut Lease<P>, statements: &[Statement]) -> Result<Vec<Done>, Fault> {
    let mut done = Vec::with_capacity(statements.len());
    for statement in statements {
        done.push(lease.execute(statement).await?);
    }
    Ok(done)
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
#[derive(Debug, Clone, Copy)]
struct Batches {
    next: usize,
    largest: usize,
    /// Whether rows wait for their batch to fill when no more have arrived yet.
    patient: bool,
}

impl Batches {
    fn growing() -> Self {
        Self { next: FIRST_BATCH, largest: LARGEST_BATCH, patient: false }
    }

    fn of(size: usize) -> Self {
        Self { next: size.max(1), largest: size.max(1), patient: true }
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
    batches: Batches,
) -> impl Stream<Item = Result<Box<dyn Rows>>> + Send {
    async_stream::try_stream! {
        let repeatable = statement.intent == Intent::Read;
        let statement = Arc::new(statement);
        stays_outside_transactions(&statement.sql)?;
        let lease = pool.acquire().await?;
        let mut attempt = Box::pin(attempt(lease, Arc::clone(&statement), rows.fresh(), batches));
        let mut untouched = true;
        while let Some(step) = attempt.next().await {
            match step {
                Step::Batch(batch) => yield batch,
                Step::Failed(lease, fault) if untouched => {
                    let lease = pool.recover(lease, fault, slice::from_ref(&*statement), repeatable).await?;
                    attempt.set(self::attempt(lease, Arc::clone(&statement), rows.fresh(), batches));
                }
                Step::Failed(_, fault) => Err(fault.error)?,
            }
            untouched = false;
        }
    }
}

enum Step<P: Protocol> {
    Batch(Box<dyn Rows>),
    Failed(Lease<P>, Fault),
}

/// One attempt at a stream; hands its lease back when it fails.
fn attempt<P: Protocol>(
    mut lease: Lease<P>,
    statement: Arc<Statement>,
    mut rows: Box<dyn Rows>,
    mut batches: Batches,
) -> impl Stream<Item = Step<P>> + Send {
    async_stream::stream! {
        let in_transaction = lease.needs_transaction(&statement);
        let mut outcome = if in_transaction { lease.begin_for(&statement).await } else { Ok(()) };
        if outcome.is_ok() {
            match lease.read(&statement) {
                Ok(mut reading) => loop {
                    match reading.fill(rows.as_mut(), batches.next, batches.patient).await {
                        Ok(true) => {
                            let next = rows.fresh();
                            yield Step::Batch(std::mem::replace(&mut rows, next));
                            batches.grow();
                        }
                        Ok(false) => break,
                        Err(fault) => {
                            outcome = Err(fault);
                            break;
                        }
                    }
                },
                Err(fault) => outcome = Err(fault),
            }
            outcome = if in_transaction {
                lease.end_transaction(outcome).await
            } else {
                closed(&mut lease, &statement, outcome).await
            };
        }
        match finish(&mut lease, [&*statement], outcome) {
            Ok(()) => {
                // The connection is free before the last rows are.
                drop(lease);
                if !rows.is_empty() {
                    yield Step::Batch(rows);
                }
            }
            Err(fault) => yield Step::Failed(lease, fault),
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
        let mut batch = rows.fresh();
        let mut opened = open_cursor(&mut lease, &declare, &more, batch.as_mut()).await;
        // The types of its parameters may be new to the connection, and then those of its columns.
        for _ in 0..MOST_REOPENED {
            let Err(fault) = opened else { break };
            // Its transaction only reads, and is over.
            lease = pool.recover(lease, fault, &[], true).await?;
            batch = rows.fresh();
            opened = open_cursor(&mut lease, &declare, &more, batch.as_mut()).await;
        }
        let mut fetched = opened.map_err(|fault| fault.error)?;
        loop {
            let last = fetched < size as u64;
            if last {
                let outcome = lease.end_transaction(Ok(())).await;
                finish(&mut lease, [], outcome).map_err(|fault| fault.error)?;
                // Before the rows are handed on: what is loaded for them takes a connection.
                drop(lease);
                if fetched > 0 {
                    yield batch;
                }
                break;
            }
            yield batch;
            batch = rows.fresh();
            fetched = match lease.fetch(&more, batch.as_mut()).await {
                Ok(done) => done.rows_affected,
                Err(fault) => give_up(&mut lease, fault).await.map_err(|fault| fault.error)?,
            };
        }
    }
}

/// Opens a cursor and fetches its first rows, which show whether it can be read: the connection may not have met their types.
async fn open_cursor<P: Protocol>(
    lease: &mut Lease<P>,
    declare: &Statement,
    more: &Statement,
    rows: &mut dyn Rows,
) -> Result<u64, Fault> {
    lease.begin_transaction(true).await?;
    let fetched = match lease.execute(declare).await {
        Ok(_) => lease.fetch(more, rows).await,
        Err(fault) => Err(fault),
    };
    match fetched {
        Ok(done) => Ok(done.rows_affected),
        Err(fault) => give_up(lease, fault).await,
    }
}

/// Ends the transaction of a cursor that has failed.
async fn give_up<P: Protocol>(lease: &mut Lease<P>, fault: Fault) -> Result<u64, Fault> {
    let outcome = lease.end_transaction(Err(fault)).await;
    finish(lease, [], outcome)
}
