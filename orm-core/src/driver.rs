//! The wire: everything between a [`Statement`] and its rows. Knows floor 0 only.
//!
//! A [`Driver`] is a database that statements can be sent to: a pool of connections, or a file. Each of its verbs is
//! one unit of work on one connection, and dropping its future or stream at any point gives back a clean connection
//! or none. A [`Session`] is one connection held for several statements, in a transaction.

pub mod url;

mod connect;
mod grammar;
mod holders;
mod least;
mod limits;
mod parts;
mod refusal;
mod session;
mod shared;
mod throwaway;
mod words;

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(not(feature = "mysql"))]
#[path = "driver/absent/mysql.rs"]
mod mysql;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
#[path = "driver/absent/postgres.rs"]
mod postgres;

#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(not(feature = "sqlite"))]
#[path = "driver/absent/sqlite.rs"]
mod sqlite;

#[cfg(test)]
mod tests;

use std::fmt;

pub use self::connect::connect;
pub(crate) use self::refusal::keys_used_up;
pub use self::session::{Answer, Isolation, Session, TransactionOptions, at_hand, ended, later};
pub(crate) use self::shared::Shared;
pub use self::throwaway::Throwaway;
pub(crate) use self::words::{may_change_tables, operation_name};

use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::error::Result;
use crate::row::Rows;
use crate::statement::{Done, Statement};

/// A database that statements can be sent to.
pub trait Driver: Send + Sync + fmt::Debug + 'static {
    /// Which server this is.
    fn server(&self) -> &Server;

    /// Runs a statement with rows and collects all of them.
    fn fetch(&self, statement: Statement, rows: Box<dyn Rows>) -> BoxFuture<'static, Result<Box<dyn Rows>>>;

    /// Runs a statement with rows and hands them out in batches, as fast as they are taken.
    fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>>;

    /// Runs a statement without rows.
    fn execute(&self, statement: Statement) -> BoxFuture<'static, Result<Done>>;

    /// Runs statements in order in one transaction, all or nothing. None may be a command of transactions. (A database that commits by itself after each
    /// schema change cannot promise that for [`Intent::Schema`](crate::statement::Intent::Schema).)
    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>>;

    /// Begins a transaction on a connection of its own.
    fn session(&self, options: TransactionOptions) -> BoxFuture<'static, Result<Box<dyn Session>>>;

    /// Closes all connections; later statements fail with a connection error.
    fn close(&self) -> BoxFuture<'static, ()>;
}

/// Which server a driver talks to, as read at connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `SQLite`, `PostgreSQL`, `MySQL` or `MariaDB`: the key by which the dialect is chosen.
    pub product: &'static str,
    /// Major, minor, patch.
    pub version: (u32, u32, u32),
    /// Where it is, without secrets: for messages and `Debug`.
    pub location: String,
}

/// How a stream takes its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batching {
    /// Straight from the wire; dropping early costs the connection where the protocol has no way to stop.
    Wire,
    /// By a server-side cursor where there is one, this many rows at a time.
    Cursor(usize),
}
