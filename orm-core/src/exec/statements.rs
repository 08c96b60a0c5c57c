//! The verbs of a database itself: its tables, and SQL as it stands.

use std::sync::Arc;

use super::action::Action;
use super::database::Database;
use super::missing_tables::{create_missing, refused};
use super::tables::create_tables;
use crate::expr::Declared;
use crate::statement::{Intent, Statement};

impl Database {
    /// Makes the models' tables, with keys, indexes, constraints and foreign keys, in an order that works. A model is given
    /// together with all that it refers to, but for those with `managed = false`.
    ///
    /// # Errors
    /// `Configuration` for names that some database would not take and for models that are missing, `Unsupported` for what
    /// this database cannot do: both before anything is sent.
    /// `TableExists` if a table is there: [`create_missing_tables`](Self::create_missing_tables) leaves it as it is. Where the
    /// database can, all are made or none.
    pub fn create_tables(&self, models: impl IntoIterator<Item = Declared>) -> Action<()> {
        let models: Vec<Declared> = models.into_iter().collect();
        Action::new(self.into(), move |database| async move {
            let statements = database.written(|dialect| create_tables(&models, dialect)).await?;
            let made = database.execute_all(statements).await.map(drop);
            database.forget();
            match made {
                Err(error) => Err(refused(&database, &models, error)),
                made => made,
            }
        })
    }

    /// Makes those tables of the models that are not there, as [`create_tables`](Self::create_tables) does, and leaves the others
    /// as they are: a program can call it at each start, also several at once.
    ///
    /// A table that is there must have all columns of its model, with their types, and NULL where the model allows it; it may
    /// have others. Its indexes and constraints are not looked at. That is not what migrations do: nothing is ever changed.
    ///
    /// # Errors
    /// `TableDiffers` for a table that is not as its model declares it: it names model, table and column, and nothing is made.
    /// Otherwise as `create_tables`. MySQL and MariaDB cannot take back tables: after any other error, some may have been made.
    pub fn create_missing_tables(&self, models: impl IntoIterator<Item = Declared>) -> Action<()> {
        let models: Vec<Declared> = models.into_iter().collect();
        Action::new(self.into(), move |database| async move { create_missing(&database, &models).await })
    }

    /// Runs one SQL statement as it stands, and gives the number of rows it changed.
    ///
    /// What it sets for its session (`SET` of a server) is gone with its connection: the next statement has another one. Inside
    /// `atomic` it holds until the end. On SQLite, whose only connection that writes is the same for all, a PRAGMA that sets what later
    /// statements do is refused (`docs/transactions.md`).
    ///
    /// # Errors
    /// `Unsupported` for such a PRAGMA, and it is not sent.
    ///
    /// `Query` for transactions of your own: `LeavesTransactionOpen` for what begins one (`BEGIN`, `SET autocommit = 0`, a procedure),
    /// and it is undone; `TransactionCommand` for what ends one or sets a savepoint, and it is not sent.
    pub fn execute_sql(&self, sql: impl Into<Arc<str>>) -> Action<u64> {
        let statement = Statement { persistent: false, ..Statement::new(sql, Vec::new(), Intent::Write) };
        Action::new(self.into(), move |database| async move {
            let sql = Arc::clone(&statement.sql);
            let done = database.execute(statement).await.map(|done| done.rows_affected);
            database.forget_after(&sql);
            done
        })
    }
}
