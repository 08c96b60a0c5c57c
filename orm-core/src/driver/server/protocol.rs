//! What one kind of server does its own way. What servers share is in [`pooled`](super::pooled).

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use futures::stream::BoxStream;
use sqlx::database::HasStatementCache;
use sqlx::{Column, Database, Either, Row, SqlStr};

use super::fault::Fault;
use super::marker::Marker;
use super::options::ServerOptions;
use crate::driver::TransactionOptions;
use crate::driver::parts::Lexis;
use crate::error::{Error, Result};
use crate::row::Columns;
use crate::statement::{Done, Statement};
use crate::value::Cell;

/// A connection to a server of protocol `P`.
pub(in crate::driver) type Connection<P> = <<P as Protocol>::Database as Database>::Connection;
/// A row of protocol `P`, undecoded.
pub(in crate::driver) type WireRow<P> = <<P as Protocol>::Database as Database>::Row;
/// The end of one statement's answer.
pub(in crate::driver) type Tally<P> = <<P as Protocol>::Database as Database>::QueryResult;
/// Bound values, encoded.
pub(in crate::driver) type Arguments<P> = <<P as Protocol>::Database as Database>::Arguments;
/// The answer to a statement as it arrives.
pub(in crate::driver) type Answer<'c, P> = BoxStream<'c, sqlx::Result<Either<Tally<P>, WireRow<P>>>>;

/// The wire of one kind of server.
pub(in crate::driver) trait Protocol: std::fmt::Debug + Send + Sync + Sized + 'static {
    /// The client's name for the kind of server.
    type Database: Database + HasStatementCache;
    /// How the wire spells a column: found once per statement, used for every row.
    type Form: Copy + Send + Sync;
    /// What the server must be told to end the session of a connection.
    type Session: Send + Sync + 'static;

    /// Ends a transaction; an error if the server would answer it with a rollback.
    const COMMIT: &'static str;

    /// Where the server is and how to use it.
    fn options(&self) -> &ServerOptions;

    /// Opens a connection and sets its session up.
    fn open(&self) -> impl Future<Output = Result<Opened<Self>>> + Send;

    /// Makes the server end the session of a connection that was closed in the middle of its work, the text of which is
    /// `sent`. Returns at once.
    fn abandon(self: &Arc<Self>, session: Self::Session, sent: Option<&str>);

    /// Begins a transaction.
    fn begin(&self, read_only: bool) -> Cow<'static, str>;

    /// Begins a transaction that is held for several statements: one text, at whose end the transaction is open.
    fn begin_held(&self, options: TransactionOptions) -> Cow<'static, str>;

    /// Commits a held transaction; an error if it has ended already, by whatever hand.
    const COMMIT_HELD: &'static str;

    /// Checks deferred constraints before the commit; none where the server has no such constraints.
    const CHECK: Option<&'static str>;

    /// The savepoint that shows whether a statement has ended its transaction, or left one open; none where no statement can that
    /// is not known by its first words.
    const MARKER: Option<Marker>;

    /// How it reads a text of several statements.
    const LEXIS: Lexis;

    /// How statements begin that commit an open transaction by themselves: words in lower case.
    const COMMITTING: &'static [&'static str];

    /// Encodes bound values; an error for what the server would not take.
    fn bind(&self, statement: &Statement) -> Result<Arguments<Self>>;

    /// Sends a prepared statement.
    fn send<'c>(
        &self,
        connection: &'c mut Connection<Self>,
        statement: &Statement,
        arguments: Arguments<Self>,
    ) -> Answer<'c, Self>;

    /// Sends a text without preparing it; rows of its answer are not for decoding.
    fn send_text<'c>(connection: &'c mut Connection<Self>, sql: SqlStr) -> Answer<'c, Self>;

    /// Finds the form of each column.
    fn forms(row: &WireRow<Self>) -> Vec<Self::Form>;

    /// Reads one column.
    fn cell(row: &WireRow<Self>, index: usize, form: Self::Form) -> Result<Cell<'_>>;

    /// Reads the end of an answer.
    fn done(tally: Tally<Self>) -> Done;

    /// Says what an error means, and what it left behind. `nowait`: whether the statement was to wait for no lock, where the error
    /// itself does not tell.
    fn fault(&self, error: sqlx::Error, nowait: bool) -> Fault;

    /// Declares a server-side cursor of this name, where the server has them.
    fn cursor(name: &str, sql: &str) -> Option<String>;
}

/// A connection, and what the server calls its session.
pub(in crate::driver) struct Opened<P: Protocol> {
    pub(in crate::driver) connection: Connection<P>,
    pub(in crate::driver) session: P::Session,
}

/// A row together with the forms of its columns.
pub(in crate::driver) struct FormedRow<'r, P: Protocol> {
    pub(in crate::driver) row: &'r WireRow<P>,
    pub(in crate::driver) forms: &'r [P::Form],
}

impl<P: Protocol> Columns for FormedRow<'_, P> {
    fn len(&self) -> usize {
        self.forms.len()
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        match self.forms.get(index) {
            Some(form) => P::cell(self.row, index, *form),
            None => Err(Error::internal(format!("column {} of a row with {}", index + 1, self.forms.len()))),
        }
    }

    fn name(&self, index: usize) -> String {
        self.row.columns().get(index).map(|column| column.name().to_owned()).unwrap_or_default()
    }
}
