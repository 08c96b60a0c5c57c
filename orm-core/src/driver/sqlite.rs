//! SQLite: rusqlite on threads of our own, and short reads on the caller's.
//!
//! A file has several connections that read and one that writes. A read starts on the calling task under a
//! [budget](SqliteOptions::inline_opcodes) of SQLite's opcodes, so that a look-up costs no change of thread; one that
//! takes longer runs again on a thread. Writes queue for the one connection that writes; those that wait together are
//! committed together, each answered only after the commit.
//!
//! A private database in memory has one connection for everything. Waiting for a connection is done for a
//! [limited time](SqliteOptions::acquire_timeout).

mod options;

mod bind;
mod census;
mod check;
mod encoding;
mod error;
mod function;
mod lane;
mod lent;
mod long_reads;
mod patience;
mod pragma;
mod read;
mod readers;
mod row;
mod session;
mod stream;
mod texts;
mod throwaway;
mod turn;
mod watch;
mod workers;
mod write;
mod writer;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::BoxStream;
use tokio::sync::oneshot;

pub use self::options::{Journal, Mode, SqliteOptions, Synchronous};

use self::census::Census;
use self::error::closed;
use self::lane::Lane;
use self::readers::Readers;
use self::session::{Role, Session};
pub(super) use self::throwaway::throwaway;
use self::turn::Turns;
use self::workers::{Workers, spawn};
use self::writer::Writer;
use super::{Batching, Driver, Server, TransactionOptions};
use crate::error::{Error, Result};
use crate::row::Rows;
use crate::statement::{Done, Intent, Statement};
use crate::sync::mpsc;

/// Opens the database of a URL.
pub(super) async fn connect(url: &str) -> Result<Arc<dyn Driver>> {
    Ok(Arc::new(SqliteDriver::connect(url.parse()?).await?))
}

/// A SQLite database.
///
/// Works on any executor. Dropping it ends its threads; [`close`](Driver::close) also waits for them.
#[derive(Debug)]
pub struct SqliteDriver {
    server: Server,
    lane: Arc<Lane>,
}

impl SqliteDriver {
    /// Opens a database.
    ///
    /// Fails if the file is missing (see [`Mode`]), is not a SQLite database, or cannot be opened.
    pub async fn connect(options: SqliteOptions) -> Result<Self> {
        server(&options).check_version()?;
        let (reply, opened) = oneshot::channel();
        spawn("sqlite-writer", move || open(&options, reply))?;
        opened.await.map_err(|_| closed())?
    }

    fn new(options: &SqliteOptions, readers: Arc<Readers>, writer: Writer, census: Arc<Census>) -> Self {
        let lane = Lane {
            readers,
            workers: Workers::new(Arc::clone(&census)),
            writer,
            census,
            long_reads: Arc::default(),
            closing: Arc::default(),
            in_memory: options.file.is_none(),
            inline: options.inline,
            stream_timeout: options.stream_timeout,
        };
        Self { server: server(options), lane: Arc::new(lane) }
    }
}

fn no_rows() -> Error {
    Error::internal("a write gave no buffer of rows back")
}

/// The library that is linked, and the file.
fn server(options: &SqliteOptions) -> Server {
    let version = rusqlite::version_number().unsigned_abs();
    let version = (version / 1_000_000, version / 1_000 % 1_000, version % 1_000);
    Server { product: "SQLite", version, location: options.to_string() }
}

/// Opens the connections, hands out the driver, and becomes the writer.
fn open(options: &SqliteOptions, reply: oneshot::Sender<Result<SqliteDriver>>) {
    let census = Arc::default();
    let opened = open_writer(options, &census).and_then(|session| {
        let options = bound(options, session.as_ref());
        Ok((session, Readers::open(options, &census)?, census.enter()?))
    });
    let (session, readers, presence) = match opened {
        Ok(opened) => opened,
        // A caller that stopped waiting needs no answer.
        Err(error) => return reply.send(Err(error)).unwrap_or_default(),
    };
    let Some(session) = session else {
        let driver = SqliteDriver::new(options, readers, Writer::Shared, census);
        return reply.send(Ok(driver)).unwrap_or_default();
    };
    let (queue, jobs) = mpsc::channel();
    let turns = Turns::new(options.acquire_timeout);
    let driver = SqliteDriver::new(options, readers, Writer::Queue(queue, turns.clone()), census);
    if reply.send(Ok(driver)).is_ok() {
        writer::serve(session, jobs, &turns, presence);
    }
}

/// Options by which each later connection opens the file that the writer has, whatever folder the program is in by then, and wherever
/// a link in the path leads.
fn bound(options: &SqliteOptions, writer: Option<&Session>) -> SqliteOptions {
    let mut bound = options.clone();
    if let Some(path) = writer.and_then(Session::path).filter(|_| !options.says_more_than_a_path()) {
        bound.file = Some(path.into());
    }
    bound
}

fn open_writer(options: &SqliteOptions, census: &Arc<Census>) -> Result<Option<Session>> {
    options.file.is_some().then(|| Session::open(options, Role::Writer, census.enter()?)).transpose()
}

impl Driver for SqliteDriver {
    fn server(&self) -> &Server {
        &self.server
    }

    fn fetch(&self, statement: Statement, rows: Box<dyn Rows>) -> BoxFuture<'static, Result<Box<dyn Rows>>> {
        let lane = Arc::clone(&self.lane);
        match statement.intent {
            Intent::Read => lane.read(statement, rows).boxed(),
            Intent::Write | Intent::Schema => {
                let written = async move { lane.write(statement, Some(rows)).await };
                written.map(|answer| answer?.rows.ok_or_else(no_rows)).boxed()
            }
        }
    }

    fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        stream::stream(Arc::clone(&self.lane), statement, rows, batching)
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'static, Result<Done>> {
        let lane = Arc::clone(&self.lane);
        async move { lane.write(statement, None).await.map(|answer| answer.done) }.boxed()
    }

    /// Statements that begin with `PRAGMA foreign_keys = OFF` run without foreign keys, which are checked as a whole
    /// before the commit and on again afterwards.
    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>> {
        let lane = Arc::clone(&self.lane);
        async move { lane.write_all(statements).await }.boxed()
    }

    /// A transaction that may write has the connection that writes to itself, from BEGIN IMMEDIATE on; one that only reads
    /// has a reader.
    fn session(&self, options: TransactionOptions) -> BoxFuture<'static, Result<Box<dyn super::Session>>> {
        let lane = Arc::clone(&self.lane);
        async move { lane.lend(options).await.map(|lent| Box::new(lent) as Box<dyn super::Session>) }.boxed()
    }

    /// Writes that are queued are done first, transactions that have begun and reads that have begun end, and streams fail.
    fn close(&self) -> BoxFuture<'static, ()> {
        let lane = Arc::clone(&self.lane);
        async move { lane.close().await }.boxed()
    }
}
