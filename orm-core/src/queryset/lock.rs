//! Row locks.

use super::QuerySet;
use crate::ast::{Lock, Output, Wait};
use crate::error::QueryMistake;
use crate::expr::Selection;
use crate::model::Model;
use crate::value::Here;

impl<M: Model, T> QuerySet<M, T> {
    /// Locks the rows that are read until the end of the transaction; only inside `atomic`. Where a database locks as a
    /// whole (SQLite), or a question has no rows (`count`, `exists`), it has no effect.
    ///
    /// Rows of nullable relations are locked only where a condition makes sure that they are there, or the database
    /// cannot leave them out (MariaDB). It cannot follow `distinct` on values, where a row of the result would be several
    /// of the table.
    pub fn select_for_update(self) -> Self {
        self.with(|query| _ = query.lock.get_or_insert_default())
    }

    /// After [`select_for_update`](Self::select_for_update): a row that another transaction has locked is an error.
    pub fn nowait(self) -> Self {
        self.locking("nowait", |lock| lock.wait = Wait::NoWait)
    }

    /// After [`select_for_update`](Self::select_for_update): rows that another transaction has locked are passed over.
    pub fn skip_locked(self) -> Self {
        self.locking("skip_locked", |lock| lock.wait = Wait::Skip)
    }

    /// After [`select_for_update`](Self::select_for_update): rows that refer to the locked ones may still be inserted.
    /// PostgreSQL only.
    pub fn no_key(self) -> Self {
        self.locking("no_key", |lock| lock.no_key = true)
    }

    /// After [`select_for_update`](Self::select_for_update): locks the rows of these tables only: `|b| b.row()`,
    /// `|b| (b.row(), b.author.row())`. A row that may be missing cannot be locked: naming it is an error.
    pub fn of<S: Selection<M>>(self, rows: impl FnOnce(&'static M::Fields<M, Here>) -> S) -> Self {
        let mut outputs = Vec::new();
        rows(M::fields()).outputs(&mut outputs);
        let paths: Option<Vec<_>> = outputs.iter().map(Output::as_row).collect();
        match paths {
            Some(paths) => self.locking("of", |lock| lock.of = paths),
            None => self.with(|query| {
                let takes = "rows: `|b| b.row()`";
                query.fail(QueryMistake::Argument { method: "of", model: query.model.name, takes }.into());
            }),
        }
    }

    fn locking(self, method: &'static str, change: impl FnOnce(&mut Lock)) -> Self {
        self.with(|query| match &mut query.lock {
            Some(lock) => change(lock),
            None => query.fail(QueryMistake::Without { method, needs: "select_for_update" }.into()),
        })
    }
}
