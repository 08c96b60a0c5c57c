//! The lease: who has a connection, and whether it may go back.
//!
//! A connection is marked dirty before the first byte of any work and clean again only when the work was finished
//! with no transaction open. A lease dropped dirty (a cancelled future, a stream dropped half-way, a panic) closes its
//! connection instead of giving it back. Nothing else keeps the next user from reading an answer that is not his.

use std::borrow::Cow;
use std::sync::Arc;

use deadpool::managed::Object;
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr};

use super::fault::{After, Fault};
use super::opener::Opener;
use super::protocol::{Connection, Protocol};
use super::reading::Reading;
use crate::driver::holders::Entry;
use crate::driver::parts::{keeps_session, no_command_behind};
use crate::driver::words::{is_nowait, stays_in_transaction};
use crate::error::{Error, ErrorKind, Result};
use crate::row::Rows;
use crate::statement::{Done, Intent, Statement};

/// A connection taken from a pool for one unit of work.
pub(in crate::driver) struct Lease<P: Protocol> {
    object: Option<Object<Opener<P>>>,
    protocol: Arc<P>,
    dirty: bool,
    entry: Entry,
}

impl<P: Protocol> Lease<P> {
    pub(in crate::driver) fn new(object: Object<Opener<P>>, protocol: Arc<P>, entry: Entry) -> Self {
        Self { object: Some(object), protocol, dirty: false, entry }
    }

    /// What others are told of this lease.
    pub(in crate::driver) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Marks the connection dirty and hands it out.
    fn begin(&mut self) -> Result<&mut Connection<P>> {
        self.dirty = true;
        self.object
            .as_mut()
            .map(|object| &mut object.opened.connection)
            .ok_or_else(|| Error::internal("a connection is used that was given back"))
    }

    /// Marks the connection clean, if all that ran on it leaves the session as it was.
    pub(in crate::driver) fn finish<'s>(&mut self, statements: impl IntoIterator<Item = &'s Statement>) {
        if statements.into_iter().all(|statement| keeps_session(statement, P::LEXIS)) {
            self.dirty = false;
        }
    }

    /// Whether a statement must have a transaction of its own: behind a pooler, one unit of work is otherwise spread
    /// over several sessions. A change of the schema is a single message, and may refuse to run in a transaction.
    pub(in crate::driver) fn needs_transaction(&self, statement: &Statement) -> bool {
        self.protocol.options().pooler && statement.intent != Intent::Schema
    }

    /// Sends a prepared statement; its answer must be read to the end before [`finish`](Self::finish).
    pub(in crate::driver) fn read(&mut self, statement: &Statement) -> Result<Reading<'_, P>, Fault> {
        // What cannot be bound is refused before anything is sent.
        let arguments = self.protocol.bind(statement).map_err(unsent)?;
        self.entry.sends(&statement.sql);
        let protocol = Arc::clone(&self.protocol);
        let answer = protocol.send(self.begin()?, statement, arguments);
        Ok(Reading::new(answer, protocol, is_nowait(&statement.sql)))
    }

    /// Runs a statement and decodes its rows as they arrive.
    pub(in crate::driver) async fn fetch(&mut self, statement: &Statement, rows: &mut dyn Rows) -> Result<Done, Fault> {
        let mut reading = self.read(statement)?;
        while reading.row(rows).await? {}
        Ok(reading.done())
    }

    /// Runs a statement whose rows are not wanted. A change of the schema goes unprepared, as servers want it.
    pub(in crate::driver) async fn execute(&mut self, statement: &Statement) -> Result<Done, Fault> {
        if statement.intent == Intent::Schema && statement.binds.is_empty() {
            no_command_behind(&statement.sql, P::LEXIS).map_err(unsent)?;
            self.entry.sends(&statement.sql);
            return self.text(Arc::clone(&statement.sql)).await;
        }
        self.read(statement)?.drain().await
    }

    /// Runs a text without preparing it.
    pub(in crate::driver) async fn text<S>(&mut self, sql: S) -> Result<Done, Fault>
    where
        AssertSqlSafe<S>: SqlSafeStr,
    {
        let protocol = Arc::clone(&self.protocol);
        let answer = P::send_text(self.begin()?, AssertSqlSafe(sql).into_sql_str());
        Reading::new(answer, protocol, false).drain().await
    }

    /// Begins a transaction.
    pub(in crate::driver) async fn begin_transaction(&mut self, read_only: bool) -> Result<(), Fault> {
        self.entry.begins();
        let begin = self.protocol.begin(read_only);
        self.text(begin).await.map(|_| ())
    }

    /// Begins a transaction for one statement, which must not end it.
    pub(in crate::driver) async fn begin_for(&mut self, statement: &Statement) -> Result<(), Fault> {
        stays_in_transaction(&statement.sql, P::COMMITTING).map_err(unsent)?;
        self.begin_transaction(false).await
    }

    /// Ends a transaction as its outcome demands: COMMIT after success, ROLLBACK after an error.
    pub(in crate::driver) async fn end_transaction<T>(&mut self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        match outcome {
            Ok(value) => match self.text(Cow::Borrowed(P::COMMIT)).await {
                Ok(_) => Ok(value),
                Err(fault) if fault.after.is_usable() => self.roll_back(fault).await,
                Err(fault) => Err(unknown_outcome(fault)),
            },
            Err(fault) if fault.after.is_usable() => self.roll_back(fault).await,
            Err(fault) => Err(fault),
        }
    }

    async fn roll_back<T>(&mut self, fault: Fault) -> Result<T, Fault> {
        let rolled_back = self.text(Cow::Borrowed("ROLLBACK")).await;
        Err(Fault { after: if rolled_back.is_ok() { fault.after } else { After::Unknown }, ..fault })
    }

    /// Reads something that needs no wire.
    pub(in crate::driver) fn look<T>(&self, read: impl FnOnce(&Connection<P>) -> T) -> Result<T> {
        self.object
            .as_ref()
            .map(|object| read(&object.opened.connection))
            .ok_or_else(|| Error::internal("a connection is used that was given back"))
    }

    /// Forgets all prepared statements, because the schema has changed under them.
    pub(in crate::driver) async fn replan(&mut self) -> Result<(), Fault> {
        let protocol = Arc::clone(&self.protocol);
        self.begin()?.clear_cached_statements().await.map_err(|error| protocol.fault(error, false))
    }
}

impl<P: Protocol> Drop for Lease<P> {
    fn drop(&mut self) {
        if let Some(object) = self.object.take().filter(|_| self.dirty) {
            // Out of the pool, which may open another, and closed by the drop of its socket: no waiting, no panic.
            let placed = Object::take(object);
            self.protocol.abandon(placed.opened.session, self.entry.sent_last().as_deref());
        }
    }
}

/// Something was refused before it was sent.
fn unsent(error: Error) -> Fault {
    Fault { error: error.of_unsent(), after: After::Usable }
}

/// The connection was lost during COMMIT.
pub(in crate::driver) fn unknown_outcome(fault: Fault) -> Fault {
    Fault { error: Error::new(ErrorKind::CommitOutcomeUnknown).with_source(fault.error), ..fault }
}
