//! What a row can do in sync code.

use std::pin::pin;

use super::queryset::settle;
use super::transaction::Transaction;
use super::wait::wait_in;
use crate::error::Result;
use crate::exec::{Database, Deleted, Instance, SaveDraft, save};
use crate::expr::Selection;
use crate::model::{IntoDraft, Model, NewRow};
use crate::queryset::Using;
use crate::value::Here;

/// Where sync code saves: in a transaction (`tx`), or on a database or alias, which means its transaction inside `atomic`.
pub trait SyncSource: sealed::Resolve {}

impl<S: sealed::Resolve> SyncSource for S {}

mod sealed {
    use crate::error::Result;
    use crate::exec::Database;

    /// Known to this room only: a transaction's handle must not get out of its thread.
    pub trait Resolve {
        /// Asks the database that is meant.
        fn ask<T>(self, ask: impl FnOnce(&Database) -> Result<T>) -> Result<T>;
    }
}

impl sealed::Resolve for &Transaction {
    fn ask<T>(self, ask: impl FnOnce(&Database) -> Result<T>) -> Result<T> {
        ask(self.database())
    }
}

impl<U: Into<Using>> sealed::Resolve for U {
    fn ask<T>(self, ask: impl FnOnce(&Database) -> Result<T>) -> Result<T> {
        ask(&settle(&self.into())?)
    }
}

/// The sync methods of a row.
pub trait SyncInstance: Model {
    /// Writes all columns of the row, by its key. Columns with `auto_now` are set to now, in the row once it is saved: a row
    /// whose save fails is as it was.
    ///
    /// # Errors
    /// `DoesNotExist` if the row is gone, `Validation`, `Integrity`.
    fn save(&mut self, on: impl SyncSource) -> Result<()> {
        // Pinned where it is made: thousands of rows are saved this way, and a future is large to move.
        on.ask(|database| wait_in(database.held(), "save", pin!(save(database, self))))
    }

    /// Writes only these columns: `|b| b.stock`, or a tuple. One with `auto_now` that is not among them stays as it is.
    ///
    /// # Errors
    /// `DoesNotExist` if the row is gone, `Validation`, `Integrity`.
    fn save_fields<S: Selection<Self>>(
        &mut self,
        on: impl SyncSource,
        fields: impl FnOnce(&'static Self::Fields<Self, Here>) -> S,
    ) -> Result<()> {
        on.ask(|database| wait_in(database.held(), "save_fields", self.asave().fields(fields).using(database)))
    }

    /// Deletes the row, by its key.
    ///
    /// # Errors
    /// `Integrity` if rows elsewhere still refer to it.
    fn delete(&self, on: impl SyncSource) -> Result<Deleted> {
        on.ask(|database| wait_in(database.held(), "delete", self.adelete().using(database)))
    }

    /// Reads the row again.
    ///
    /// # Errors
    /// `DoesNotExist` if the row is gone.
    fn refresh_from_db(&mut self, on: impl SyncSource) -> Result<()> {
        let fresh =
            |database: &Database| wait_in(database.held(), "refresh_from_db", self.arefresh_from_db().using(database));
        *self = on.ask(fresh)?;
        Ok(())
    }
}

impl<M: Model> SyncInstance for M {}

/// `Book::new().name("Dune").price(10).save(tx)`: saves a complete draft.
pub trait SyncSaveDraft: NewRow {
    /// Inserts the row and gives it back as the database has it.
    ///
    /// # Errors
    /// `Validation`, `Integrity`.
    fn save(self, on: impl SyncSource) -> Result<Self::Model>
    where
        Self: IntoDraft<Self::Model>,
    {
        on.ask(|database| wait_in(database.held(), "save", self.asave().using(database)))
    }
}

impl<D: NewRow> SyncSaveDraft for D {}
