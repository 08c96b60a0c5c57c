//! One database: its driver and its dialect.

use std::any::Any;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::held::Held;
use super::trace::{Trace, is_watched, traced_stream};
use crate::ast::Select;
use crate::dialect::Dialect;
use crate::driver::{self, Batching, Driver, Server, TransactionOptions};
use crate::error::{Error, QueryMistake, Result};
use crate::queryset::Using;
use crate::row::{Collect, Decoder, Rows};
use crate::statement::{Done, Statement};
use futures::future::Either;
use futures::stream::BoxStream;

/// A database to ask. Cloning copies a handle; the last one dropped closes the connections.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

/// Writes a statement, if there is anything to send.
pub(super) type Write<'a> = dyn Fn(&Dialect) -> Result<Option<Statement>> + Sync + 'a;

struct Inner {
    driver: Arc<dyn Driver>,
    dialect: Dialect,
    /// The transaction that statements run in; without one, each runs on a connection of the driver's choice.
    held: Option<Held>,
}

impl Database {
    /// Connects, and checks that the database answers.
    ///
    /// `sqlite://books.db?mode=rwc`, `sqlite::memory:`, `postgres://user:password@host/name`,
    /// `mysql://user:password@host/name`. Off localhost, TLS is verified unless the URL says otherwise.
    ///
    /// # Errors
    /// `Configuration` for a URL or option that cannot work, and for a server that is too old; `Connection` for a database that
    /// does not answer. Neither holds the password.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::from_driver(driver::connect(url).await?)
    }

    /// A database reached by a driver of your own.
    ///
    /// # Errors
    /// `Configuration` for a server whose dialect is not known, or one that is too old.
    pub fn from_driver(driver: Arc<dyn Driver>) -> Result<Self> {
        let server = driver.server();
        server.check_version()?;
        let dialect = Dialect::of(server.product)?.with_facts();
        Ok(Self { inner: Arc::new(Inner { driver, dialect, held: None }) })
    }

    /// Which server this is.
    pub fn server(&self) -> &Server {
        self.inner.driver.server()
    }

    /// How SQL is written here.
    pub fn dialect(&self) -> &Dialect {
        &self.inner.dialect
    }

    /// Closes all connections; what is asked later fails.
    pub async fn close(&self) {
        self.inner.driver.close().await;
    }

    /// The rows of what is written; none if nothing is sent.
    pub(super) async fn fetch_written<T: Send + 'static>(
        &self,
        write: &Write<'_>,
        decoder: &Decoder<T>,
    ) -> Result<Option<Vec<T>>> {
        let rows = self.fetch_written_rows(write, &|| Collect::boxed(decoder.clone())).await?;
        rows.map(Collect::unbox).transpose()
    }

    /// The same, whatever the type of the rows, so that it is compiled once.
    pub(super) async fn fetch_written_rows(
        &self,
        write: &Write<'_>,
        rows: &(dyn Fn() -> Box<dyn Rows> + Sync),
    ) -> Result<Option<Box<dyn Rows>>> {
        self.answered(write, |statement| self.fetch_rows(statement, rows())).await
    }

    pub(super) async fn fetch_rows(&self, statement: Statement, rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        let trace = Trace::of(self.driver(), &statement);
        let fetched = match &self.inner.held {
            Some(held) => Either::Left(held.fetch(&statement, rows)),
            None => Either::Right(self.inner.driver.fetch(statement, rows)),
        };
        trace.follow(pin!(fetched), |rows| rows.len() as u64).await
    }

    /// Looks something up for the sake of an error's message.
    pub(super) async fn look_up<T: Send + 'static>(&self, statement: Statement, decoder: Decoder<T>) -> Result<Vec<T>> {
        let rows = Collect::boxed(decoder);
        Collect::unbox(match &self.inner.held {
            Some(held) => held.look_up(&statement, rows).await?,
            None => self.fetch_rows(statement, rows).await?,
        })
    }

    pub(super) fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        if self.inner.held.is_some() {
            // The code that takes the rows may use the same connection between two of them.
            let database = self.clone();
            return Box::pin(futures::stream::once(async move { database.fetch_rows(statement, rows).await }));
        }
        let trace = Trace::of(self.driver(), &statement);
        traced_stream(trace, self.inner.driver.stream(statement, rows, batching))
    }

    /// Runs a statement without rows and without a future, if it is answered at once: in a transaction on the calling thread,
    /// and not watched.
    pub(super) fn execute_now(&self, statement: &Statement) -> Option<Result<Done>> {
        self.held().filter(|_| !is_watched()).and_then(|held| held.execute_now(statement))
    }

    pub(super) async fn execute(&self, statement: Statement) -> Result<Done> {
        if let Some(done) = self.execute_now(&statement) {
            return done;
        }
        let trace = Trace::of(self.driver(), &statement);
        let executed = match &self.inner.held {
            Some(held) => Either::Left(held.execute(&statement)),
            None => Either::Right(self.inner.driver.execute(statement)),
        };
        trace.follow(pin!(executed), |done| done.rows_affected).await
    }

    pub(super) async fn execute_all(&self, statements: Vec<Statement>) -> Result<Vec<Done>> {
        // Statements that belong together have one span, with the text of the first.
        let Some(first) = statements.first() else { return Ok(Vec::new()) };
        let trace = Trace::of(self.driver(), first);
        let executed = match &self.inner.held {
            Some(held) => Either::Left(held.execute_all(statements)),
            None => Either::Right(self.inner.driver.execute_all(statements)),
        };
        trace.follow(pin!(executed), |done| done.iter().map(|done| done.rows_affected).sum()).await
    }

    /// Begins a transaction: a handle whose statements all run in it.
    pub(crate) async fn begin(&self, options: TransactionOptions, limit: Option<Duration>) -> Result<Self> {
        let begun = self.inner.driver.session(options);
        let session = Trace::of_command(self.driver(), "BEGIN").follow(pin!(begun), |_| 0).await?;
        let held = Some(Held::new(session, limit));
        Ok(Self {
            inner: Arc::new(Inner {
                driver: Arc::clone(&self.inner.driver),
                dialect: self.inner.dialect.within_transaction(),
                held,
            }),
        })
    }

    /// Commits the transaction that statements run in.
    pub(crate) async fn commit(&self) -> Result<()> {
        let Some(held) = self.held() else { return Err(QueryMistake::TransactionEnded.into()) };
        let committed = Trace::of_command(self.driver(), "COMMIT").follow(pin!(held.commit()), |()| 0).await;
        // Also where the outcome is unknown.
        self.publish();
        committed
    }

    /// Undoes what was done in the transaction.
    pub(crate) async fn roll_back(&self) -> Result<()> {
        let Some(held) = self.held() else { return Ok(()) };
        let undone = Trace::of_command(self.driver(), "ROLLBACK").follow(pin!(held.roll_back()), |()| 0).await;
        // A statement may have committed it before.
        self.publish();
        undone
    }

    /// What statements are sent to.
    pub(super) fn driver(&self) -> &dyn Driver {
        &*self.inner.driver
    }

    /// A database of the same dialect behind another driver.
    pub(super) fn with_driver(&self, driver: Arc<dyn Driver>) -> Self {
        Self { inner: Arc::new(Inner { driver, dialect: self.inner.dialect.clone().with_facts(), held: None }) }
    }

    /// The transaction that statements run in.
    pub(crate) fn held(&self) -> Option<&Held> {
        self.inner.held.as_ref()
    }

    /// An error if the query locks rows and there is no transaction to hold the locks.
    pub(super) fn admit(&self, query: &Select) -> Result<()> {
        if query.lock.is_some() && self.inner.held.is_none() {
            return Err(QueryMistake::OutsideTransaction { method: "select_for_update" }.into());
        }
        Ok(())
    }

    /// Tells whether both ask the same database, in a transaction or not.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner.driver, &other.inner.driver)
    }

    /// The same database, from an erased handle.
    pub(super) fn from_handle(handle: Arc<dyn Any + Send + Sync>) -> Result<Self> {
        let inner = handle.downcast().map_err(|_| Error::configuration("`using` takes a `Database` or an alias"))?;
        Ok(Self { inner })
    }
}

impl From<&Database> for Using {
    fn from(database: &Database) -> Self {
        Self::Handle(Arc::clone(&database.inner) as Arc<dyn Any + Send + Sync>)
    }
}

impl From<Database> for Using {
    fn from(database: Database) -> Self {
        (&database).into()
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.server();
        write!(f, "Database ({} {:?} at {})", server.product, server.version, server.location)
    }
}
