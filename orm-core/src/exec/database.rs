//! One database: its driver and its dialect.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::action::Action;
use super::trace::{traced, traced_stream};
use crate::compiler;
use crate::dialect::Dialect;
use crate::driver::{self, Batching, Driver, Server};
use crate::error::{Error, Result};
use crate::query::Declared;
use crate::queryset::Using;
use crate::row::{Collect, Decoder, Rows};
use crate::statement::{Done, Intent, Statement};
use futures::stream::BoxStream;

/// A database to ask. Cloning copies a handle; the last one dropped closes the connections.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    driver: Arc<dyn Driver>,
    dialect: Dialect,
}

impl Database {
    /// Connects, and checks that the database answers.
    ///
    /// `sqlite://books.db?mode=rwc`, `sqlite::memory:`, `postgres://user:password@host/name`,
    /// `mysql://user:password@host/name`. Off localhost, TLS is verified unless the URL says otherwise.
    ///
    /// # Errors
    /// `Configuration` for a URL or option that cannot work, `Connection` for a database that does not answer. Neither
    /// holds the password.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::from_driver(driver::url::connect(url).await?)
    }

    /// A database reached by a driver of your own.
    ///
    /// # Errors
    /// `Unsupported` for a server whose dialect is not known.
    pub fn from_driver(driver: Arc<dyn Driver>) -> Result<Self> {
        let server = driver.server();
        let dialect = Dialect::of(server.product, server.version)?;
        Ok(Self { inner: Arc::new(Inner { driver, dialect }) })
    }

    /// Which server this is.
    pub fn server(&self) -> &Server {
        self.inner.driver.server()
    }

    /// How SQL is written here.
    pub fn dialect(&self) -> &Dialect {
        &self.inner.dialect
    }

    /// Makes the models' tables, with keys, indexes, constraints and foreign keys, in an order that works.
    ///
    /// # Errors
    /// `Database` if a table exists already. Where the database can, all are made or none.
    pub fn create_tables(&self, models: impl IntoIterator<Item = Declared>) -> Action<()> {
        let models: Vec<Declared> = models.into_iter().collect();
        Action::new(self.into(), move |database| async move {
            let statements = compiler::create_tables(&models, database.dialect())?;
            database.execute_all(statements).await.map(drop)
        })
    }

    /// Runs one SQL statement as it stands, and gives the number of rows it changed.
    pub fn execute_sql(&self, sql: impl Into<Arc<str>>) -> Action<u64> {
        let statement = Statement { persistent: false, ..Statement::new(sql, Vec::new(), Intent::Write) };
        Action::new(self.into(), move |database| async move {
            database.execute(statement).await.map(|done| done.rows_affected)
        })
    }

    /// Closes all connections; what is asked later fails.
    pub async fn close(&self) {
        self.inner.driver.close().await;
    }

    pub(super) async fn fetch<T: Send + 'static>(&self, statement: Statement, decoder: Decoder<T>) -> Result<Vec<T>> {
        Collect::unbox(self.fetch_rows(statement, Collect::boxed(decoder)).await?)
    }

    async fn fetch_rows(&self, statement: Statement, rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        let sql = Arc::clone(&statement.sql);
        let intent = statement.intent;
        let fetched = self.inner.driver.fetch(statement, rows);
        traced(self.server(), &sql, intent, fetched, |rows| rows.len() as u64).await
    }

    pub(super) fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        let sql = Arc::clone(&statement.sql);
        let intent = statement.intent;
        traced_stream(self.server(), &sql, intent, self.inner.driver.stream(statement, rows, batching))
    }

    pub(super) async fn execute(&self, statement: Statement) -> Result<Done> {
        let sql = Arc::clone(&statement.sql);
        let intent = statement.intent;
        let executed = self.inner.driver.execute(statement);
        traced(self.server(), &sql, intent, executed, |done| done.rows_affected).await
    }

    pub(super) async fn execute_all(&self, statements: Vec<Statement>) -> Result<Vec<Done>> {
        // Statements that belong together have one span, with the text of the first.
        let Some((sql, intent)) = statements.first().map(|first| (Arc::clone(&first.sql), first.intent)) else {
            return Ok(Vec::new());
        };
        let executed = self.inner.driver.execute_all(statements);
        traced(self.server(), &sql, intent, executed, |done| done.iter().map(|done| done.rows_affected).sum()).await
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
