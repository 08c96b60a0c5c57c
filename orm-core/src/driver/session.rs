//! One connection held for several statements: a transaction.

use std::fmt;
use std::time::Instant;

use futures::future::{BoxFuture, Either, Ready, ready};

use crate::error::{Error, ErrorKind, Result};
use crate::row::Rows;
use crate::statement::{Done, Statement};

/// A connection in a transaction that has begun. Once that has [ended](Self::has_ended), it refuses everything as
/// [`BrokenTransaction`](ErrorKind::BrokenTransaction).
///
/// Dropped before [`commit`](Self::commit) has been answered, in whatever way, it rolls back. Only one statement runs
/// at a time; a future dropped before its end ends the transaction.
pub trait Session: fmt::Debug + Send {
    /// Runs a statement with rows and collects all of them.
    fn fetch<'s>(&'s mut self, statement: &'s Statement, rows: Box<dyn Rows>) -> Answer<'s, Box<dyn Rows>>;

    /// Runs a statement without rows.
    fn execute<'s>(&'s mut self, statement: &'s Statement) -> Answer<'s, Done>;

    /// Sets a savepoint.
    fn savepoint(&mut self, number: u32) -> Answer<'_, ()>;

    /// Forgets a savepoint; what was done since stays.
    fn release(&mut self, number: u32) -> Answer<'_, ()>;

    /// Undoes what was done since a savepoint, and forgets it.
    fn roll_back_to(&mut self, number: u32) -> Answer<'_, ()>;

    /// Tells whether statements run on the calling thread, so that their futures never wait.
    fn answers_at_once(&self) -> bool {
        false
    }

    /// Interrupts what runs at this moment, where statements run on the calling thread: there a caller cannot stop waiting for
    /// them.
    fn interrupt_at(&mut self, _: Instant) {}

    /// Checks what would be checked at the commit, where that can be asked for: after an error, only a rollback helps.
    fn check(&mut self) -> Answer<'_, ()> {
        at_hand(Ok(()))
    }

    /// Commits and gives the connection back. Any error but
    /// [`CommitOutcomeUnknown`](crate::error::ErrorKind::CommitOutcomeUnknown) and
    /// [`CommittedByStatement`](crate::error::ErrorKind::CommittedByStatement) says that nothing was committed.
    fn commit(&mut self) -> Answer<'_, ()>;

    /// Undoes everything and gives the connection back.
    fn roll_back(&mut self) -> Answer<'_, ()>;

    /// Tells whether the transaction has ended: committed, rolled back by the database itself, or gone with its
    /// connection.
    fn has_ended(&self) -> bool;
}

/// What became of a request: at hand where it was carried out on the calling thread, else to be waited for.
pub type Answer<'s, T> = Either<Ready<Result<T>>, BoxFuture<'s, Result<T>>>;

/// An answer that is there already.
pub fn at_hand<'s, T>(outcome: Result<T>) -> Answer<'s, T> {
    Either::Left(ready(outcome))
}

/// An answer that must be waited for.
pub fn later<'s, T>(outcome: impl Future<Output = Result<T>> + Send + 's) -> Answer<'s, T> {
    Either::Right(Box::pin(outcome))
}

/// What a session that has ended says to whatever it is asked.
pub fn ended() -> Error {
    ErrorKind::BrokenTransaction.into()
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    /// What it sees of others; by default as the session is set: READ COMMITTED on servers.
    pub isolation: Option<Isolation>,
    /// Whether it only reads.
    pub read_only: bool,
}

/// What a transaction may see of concurrent ones, in the words of the SQL standard. A database may give more than was
/// asked for: SQLite's transactions are always serializable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// Possibly what others have not committed.
    ReadUncommitted,
    /// Each statement sees what was committed before it began.
    ReadCommitted,
    /// Every statement sees what was committed before the first one began.
    RepeatableRead,
    /// As if the transactions had run one after the other.
    Serializable,
}

impl Isolation {
    /// In SQL.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}
