//! One transaction in the place of a whole database: what is asked of it takes turns, each in a savepoint.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::Arc;

use futures::future::{BoxFuture, Future, FutureExt, ready};
use futures::stream::{BoxStream, once};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Answer, Batching, Driver, Server, Session, TransactionOptions, at_hand, ended, later};
use crate::error::{ConnectionFault, Error, Result};
use crate::row::{Columns, Rows};
use crate::statement::{Done, Statement};

/// A database that is one open transaction. Its statements run in it one after the other, and its transactions are
/// savepoints, so that an error undoes what autocommit or a rollback would have undone, and nothing else.
///
/// Dropped without [`roll_back`](Self::roll_back), it rolls back with its connection.
#[derive(Debug)]
pub(crate) struct Shared {
    session: Arc<Mutex<Box<dyn Session>>>,
    server: Server,
}

type Turn = OwnedMutexGuard<Box<dyn Session>>;

/// The number of the savepoint around a part; those inside it are counted from here.
const PART: u32 = 1;

impl Shared {
    /// Begins the transaction.
    pub(crate) async fn begin(driver: &dyn Driver) -> Result<Self> {
        let session = driver.session(TransactionOptions::default()).await?;
        Ok(Self { session: Arc::new(Mutex::new(session)), server: driver.server().clone() })
    }

    /// Waits for the parts that run, and undoes everything.
    pub(crate) async fn roll_back(&self) -> Result<()> {
        self.session.lock().await.roll_back().await
    }

    /// Runs one thing in a part of its own.
    fn run<T: Send + 'static>(
        &self,
        work: impl for<'s> FnOnce(&'s mut dyn Session) -> BoxFuture<'s, Result<T>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T>> {
        let session = Arc::clone(&self.session);
        Box::pin(async move {
            let mut part = Part::begin(session).await?;
            let outcome = part.run(work).await;
            // After an error, that is what the caller is told.
            let ended = part.end(outcome.is_ok()).await;
            outcome.and_then(|value| ended.map(|()| value))
        })
    }
}

impl Driver for Shared {
    fn server(&self) -> &Server {
        &self.server
    }

    fn fetch(&self, statement: Statement, rows: Box<dyn Rows>) -> BoxFuture<'static, Result<Box<dyn Rows>>> {
        let rows = Box::new(Patient { rows, refused: None });
        let fetched = self.run(move |session| fetch(session, statement, rows));
        Box::pin(async move { Patient::unbox(fetched.await?) })
    }

    /// All rows at once: the code that takes them may ask something else between two of them.
    fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        _: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        Box::pin(once(self.fetch(statement, rows)))
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'static, Result<Done>> {
        self.run(move |session| execute(session, statement))
    }

    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>> {
        self.run(move |session| Box::pin(execute_in_order(session, statements)))
    }

    /// A part; what it would see of others and whether it may write stays as it is.
    fn session(&self, _: TransactionOptions) -> BoxFuture<'static, Result<Box<dyn Session>>> {
        let part = Part::begin(Arc::clone(&self.session));
        Box::pin(async move { part.await.map(|part| Box::new(part) as Box<dyn Session>) })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}

/// The answer to a statement that is taken along.
fn fetch(session: &mut dyn Session, statement: Statement, rows: Box<dyn Rows>) -> BoxFuture<'_, Result<Box<dyn Rows>>> {
    Box::pin(async move { session.fetch(&statement, rows).await })
}

fn execute(session: &mut dyn Session, statement: Statement) -> BoxFuture<'_, Result<Done>> {
    Box::pin(async move { session.execute(&statement).await })
}

async fn execute_in_order(session: &mut dyn Session, statements: Vec<Statement>) -> Result<Vec<Done>> {
    let mut done = Vec::with_capacity(statements.len());
    for statement in statements {
        done.push(session.execute(&statement).await?);
    }
    Ok(done)
}

/// A part of the shared transaction, in a savepoint: no other has a turn as long as it lives. Dropped before its end, it
/// is undone.
#[derive(Debug)]
struct Part(Option<Turn>);

impl Part {
    async fn begin(session: Arc<Mutex<Box<dyn Session>>>) -> Result<Self> {
        let mut turn = session.lock_owned().await;
        let begun = async move { turn.savepoint(PART).await.map(|()| Self(Some(turn))) };
        to_the_end(begun).await?
    }

    async fn run<T: Send + 'static>(
        &mut self,
        work: impl for<'s> FnOnce(&'s mut dyn Session) -> BoxFuture<'s, Result<T>> + Send + 'static,
    ) -> Result<T> {
        let mut part = Self(self.0.take());
        let exchange = async move {
            let outcome = match part.0.as_mut() {
                Some(turn) => work(turn.as_mut()).await,
                None => Err(ended()),
            };
            (part, outcome)
        };
        let (part, outcome) = to_the_end(exchange).await?;
        *self = part;
        outcome
    }

    async fn end(&mut self, keep: bool) -> Result<()> {
        let mut turn = self.0.take().ok_or_else(ended)?;
        let ending = async move {
            // There will be no commit to check it.
            let checked = if keep { turn.check().await } else { Ok(()) };
            if keep && checked.is_ok() {
                return turn.release(PART).await;
            }
            turn.roll_back_to(PART).await?;
            checked
        };
        to_the_end(ending).await?
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let Some(mut turn) = self.0.take() else { return };
        let undone = async move { turn.roll_back_to(PART).await };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(undone)),
            // An embedded database answers at once; a server's connection is closed, and with it the transaction.
            Err(_) => drop(undone.now_or_never()),
        }
    }
}

impl Session for Part {
    fn fetch<'s>(&'s mut self, statement: &'s Statement, rows: Box<dyn Rows>) -> Answer<'s, Box<dyn Rows>> {
        let statement = statement.clone();
        later(self.run(move |session| fetch(session, statement, rows)))
    }

    fn execute<'s>(&'s mut self, statement: &'s Statement) -> Answer<'s, Done> {
        let statement = statement.clone();
        later(self.run(move |session| execute(session, statement)))
    }

    fn savepoint(&mut self, number: u32) -> Answer<'_, ()> {
        later(self.run(move |session| session.savepoint(PART + number).boxed()))
    }

    fn release(&mut self, number: u32) -> Answer<'_, ()> {
        later(self.run(move |session| session.release(PART + number).boxed()))
    }

    fn roll_back_to(&mut self, number: u32) -> Answer<'_, ()> {
        later(self.run(move |session| session.roll_back_to(PART + number).boxed()))
    }

    fn check(&mut self) -> Answer<'_, ()> {
        later(self.run(|session| session.check().boxed()))
    }

    fn commit(&mut self) -> Answer<'_, ()> {
        later(self.end(true))
    }

    fn roll_back(&mut self) -> Answer<'_, ()> {
        if self.has_ended() {
            // It has been undone already.
            self.0 = None;
            return at_hand(Ok(()));
        }
        later(self.end(false))
    }

    fn has_ended(&self) -> bool {
        self.0.as_ref().is_none_or(|turn| turn.has_ended())
    }
}

/// Runs an exchange to its end, even if it is not waited for any more: left half-way, it would take the connection, and so
/// the whole transaction, with it.
async fn to_the_end<T: Send + 'static>(exchange: impl Future<Output = T> + Send + 'static) -> Result<T> {
    let Ok(runtime) = Handle::try_current() else { return Ok(exchange.await) };
    runtime.spawn(exchange).await.map_err(|failed| match failed.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_) => Error::connection(ConnectionFault::Closed, "the runtime was shut down"),
    })
}

/// Takes all rows of an answer, also behind one that cannot be decoded: a connection with half an answer is of no use to
/// those who share it.
struct Patient {
    rows: Box<dyn Rows>,
    refused: Option<Error>,
}

impl Patient {
    fn unbox(rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        let patient = rows.into_any().downcast::<Self>();
        let patient = patient.map_err(|_| Error::internal("the driver returned another buffer"))?;
        patient.refused.map_or(Ok(patient.rows), Err)
    }
}

impl Rows for Patient {
    fn push(&mut self, row: &dyn Columns) -> Result<()> {
        if self.refused.is_none() {
            self.refused = self.rows.push(row).err();
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.refused = None;
    }

    fn fresh(&self) -> Box<dyn Rows> {
        Box::new(Self { rows: self.rows.fresh(), refused: None })
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
