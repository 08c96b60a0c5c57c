//! The driver on real files and in memory. What is tested is what a caller sees, on an executor without a reactor
//! unless a test says otherwise.

mod close;
mod errors;
mod functions;
mod open;
mod pragmas;
mod reads;
mod streams;
mod values;
mod waiting;
mod writes;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::executor::block_on;

use super::{Mode, SqliteDriver, SqliteOptions};
use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::row::{Collect, Decoder, RowReader, Rows, Shape};
use crate::statement::{Done, Intent, Statement};
use crate::value::{FieldType, Value};

/// A directory of a test's own, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let directory = std::env::temp_dir().join(format!("dormouse-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&directory).map_err(Error::other)?;
        Ok(Self(directory))
    }

    fn path(&self) -> PathBuf {
        self.0.join("test.db")
    }

    fn options(&self) -> SqliteOptions {
        SqliteOptions::file(self.path()).mode(Mode::Create)
    }

    /// A connection that is not the driver's, which never waits.
    fn outsider(&self) -> Result<rusqlite::Connection> {
        let connection = rusqlite::Connection::open(self.path()).map_err(Error::other)?;
        connection.busy_timeout(Duration::ZERO).map_err(Error::other)?;
        Ok(connection)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

/// Runs a test on a file and in memory.
fn everywhere<F: Future<Output = Result<()>>>(test: impl Fn(SqliteDriver) -> F) -> Result<()> {
    let scratch = Scratch::new()?;
    for options in [scratch.options(), SqliteOptions::memory(), scratch.options().inline(false)] {
        block_on(async {
            let driver = SqliteDriver::connect(options).await?;
            run(&driver, "DROP TABLE IF EXISTS book", []).await?;
            run(&driver, BOOK, []).await?;
            test(driver).await
        })?;
    }
    Ok(())
}

const BOOK: &str = "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, pages INTEGER CHECK (pages > 0), \
                    series INTEGER REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED)";

fn one<T: FieldType>() -> Box<dyn Rows> {
    decoded(|row, _| row.read::<T>())
}

fn decoded<T: Send + 'static>(decode: fn(&mut RowReader<'_>, &Shape) -> Result<T>) -> Box<dyn Rows> {
    Collect::boxed(Decoder::new(decode, Arc::default()))
}

fn unboxed<T: Send + 'static>(rows: Box<dyn Rows>) -> Result<Vec<T>> {
    Collect::unbox(rows)
}

fn statement(sql: &str, binds: impl Into<Vec<Value>>, intent: Intent) -> Statement {
    Statement::new(sql, binds.into(), intent)
}

async fn run(driver: &SqliteDriver, sql: &str, binds: impl Into<Vec<Value>>) -> Result<Done> {
    driver.execute(statement(sql, binds, Intent::Write)).await
}

async fn read<T: FieldType>(driver: &SqliteDriver, sql: &str, binds: impl Into<Vec<Value>>) -> Result<Vec<T>> {
    unboxed(driver.fetch(statement(sql, binds, Intent::Read), one::<T>()).await?)
}

async fn insert(driver: &SqliteDriver, title: &str) -> Result<Done> {
    run(driver, "INSERT INTO book (title) VALUES (?)", [Value::Text(title.into())]).await
}

async fn count(driver: &SqliteDriver) -> Result<i64> {
    Ok(read::<i64>(driver, "SELECT count(*) FROM book", []).await?.into_iter().sum())
}

/// Waits for something that another thread is about to do.
fn eventually(what: &str, limit: Duration, condition: impl Fn() -> Result<bool>) -> Result<Duration> {
    let start = Instant::now();
    while !condition()? {
        if start.elapsed() > limit {
            return Err(Error::query(format!("not in time: {what}")));
        }
        std::thread::yield_now();
    }
    Ok(start.elapsed())
}

/// Tells whether nothing reads or writes: the log can be emptied.
fn is_free(outsider: &rusqlite::Connection) -> Result<bool> {
    let busy = outsider.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    Ok(busy.map_err(Error::other)? == 0)
}

/// Polls a future once, with no task to wake.
fn poll_now<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}
