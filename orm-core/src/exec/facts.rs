//! What must be known of tables that are not ours before a statement is sent: asked for once per database and table.

use std::future::Future;
use std::sync::Arc;

use super::database::Database;
use crate::dialect::{Collation, ColumnFacts, Dialect, Facts, TableFacts};
use crate::driver::may_change_tables;
use crate::error::{Error, ErrorKind, Result};
use crate::row::{Collect, Decoder, RowReader, Shape};
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

impl Database {
    /// What is written in this database's dialect: written again, if that showed what must be known first, or if it is refused
    /// for what was known from before.
    pub(super) async fn written<T>(&self, write: impl Fn(&Dialect) -> Result<T>) -> Result<T> {
        let (mut doubtful, mut absent) = (true, false);
        if let Some(facts) = self.dialect().facts().filter(|facts| facts.is_apart()) {
            facts.forget();
        }
        loop {
            let version = self.known();
            let written = write(self.dialect());
            if self.known() != version {
                // Right or refused, it may be otherwise when more is known.
                doubtful = false;
                absent |= Box::pin(self.learn()).await?;
                continue;
            }
            match written {
                Err(error) if doubtful && is_refusal(&error) && self.doubt(&write) => doubtful = false,
                written => {
                    if let Some(facts) = self.dialect().facts().filter(|_| absent) {
                        facts.forget_absent();
                    }
                    return written;
                }
            }
        }
    }

    /// The answer to what is written, if anything is sent. A statement on tables of others that the server refuses is written
    /// and sent once more, if by now the tables are known to be others. (In a transaction it is over with the first refusal.)
    pub(super) async fn answered<T, F>(
        &self,
        write: impl Fn(&Dialect) -> Result<Option<Statement>>,
        send: impl Fn(Statement) -> F,
    ) -> Result<Option<T>>
    where
        F: Future<Output = Result<T>>,
    {
        let Some(statement) = self.written(&write).await? else { return Ok(None) };
        if !statement.untyped_texts {
            return send(statement).await.map(Some);
        }
        let (sql, intent) = (Arc::clone(&statement.sql), statement.intent);
        // A table without transactions may have kept a part of what it refused for a value.
        let safe = |error: &Error| intent == Intent::Read || matches!(error.kind(), ErrorKind::Database { .. });
        let error = match send(statement).await {
            Err(error) if is_refused(&error) => error,
            answer => return answer.map(Some),
        };
        self.doubt(&write);
        if self.held().is_some() || !safe(&error) {
            return Err(error);
        }
        match self.written(&write).await? {
            Some(statement) if statement.sql != sql => send(statement).await.map(Some),
            _ => Err(error),
        }
    }

    /// A number that changes when more is known, or must be.
    pub(super) fn known(&self) -> u64 {
        self.dialect().facts().map_or(0, |facts| facts.version())
    }

    /// Asks about the tables that statements wanted to know of, and tells whether one of them is not there. No span shows
    /// it, and it is not counted.
    pub(super) async fn learn(&self) -> Result<bool> {
        let (Some(facts), Some(words)) = (self.dialect().facts(), self.dialect().facts_query()) else {
            return Ok(false);
        };
        let mut absent = false;
        let since = facts.forgotten();
        for (schema, table) in facts.wanted() {
            let schema_value = schema.map_or(Value::Null(Kind::Text), |schema| Value::Text(schema.into()));
            let statement = Statement::new(words, vec![schema_value, Value::Text(table.into())], Intent::Read);
            let rows = Collect::boxed(Decoder::new(column, Arc::default()));
            let columns: Vec<(String, ColumnFacts)> = Collect::unbox(match self.held() {
                Some(held) => held.fetch(&statement, rows).await?,
                None => self.driver().fetch(statement, rows).await?,
            })?;
            absent |= columns.is_empty();
            facts.learn((schema, table), TableFacts::new(columns, self.dialect().column_names()), since);
        }
        Ok(absent)
    }

    /// Forgets what is known of tables, if a statement may have changed them.
    pub(super) fn forget_after(&self, sql: &str) {
        if may_change_tables(sql) {
            self.forget();
        }
    }

    /// Forgets what is known of tables, which this program has changed.
    pub(super) fn forget(&self) {
        if let Some(facts) = self.dialect().facts() {
            facts.forget();
        }
    }

    /// The end of a transaction: the tables that it may have changed are asked about again by all.
    pub(super) fn publish(&self) {
        if let Some(facts) = self.dialect().facts() {
            facts.publish();
        }
    }

    /// Forgets what is known of the tables that something is written by, after an error that it may be the reason of; tells
    /// whether anything was known.
    fn doubt<T>(&self, write: impl Fn(&Dialect) -> Result<T>) -> bool {
        let dialect = self.dialect().noting();
        drop(write(&dialect));
        let named = dialect.facts().map(Facts::named).unwrap_or_default();
        self.dialect().facts().is_some_and(|facts| facts.doubt(&named))
    }
}

/// Whether the library refused a statement for the set-up that it believes in.
fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Configuration { .. } | ErrorKind::Validation(_) | ErrorKind::Integrity { .. })
}

/// Whether a server refused a statement for what it says or for a value: its tables may be others by now. (No table has to
/// do with what was never sent.)
fn is_refused(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Database { .. } | ErrorKind::OutOfRange { .. }) && !error.is_unsent()
}

fn column(row: &mut RowReader<'_>, _: &Shape) -> Result<(String, ColumnFacts)> {
    let (column, type_name): (String, String) = (row.read()?, row.read()?);
    let (base_name, base): (String, String) = (row.read()?, row.read()?);
    let (name, charset): (String, String) = (row.read()?, row.read()?);
    let collation = (!name.is_empty()).then_some(Collation { name, charset });
    let (by_code_point, places) = (row.read()?, row.read()?);
    let (left_null, fills_null) = (row.read()?, row.read()?);
    let (settles_conflicts, returns_unnumbered) = (row.read()?, row.read()?);
    let facts = ColumnFacts {
        type_name,
        base_name,
        base,
        collation,
        by_code_point,
        places,
        left_null,
        fills_null,
        settles_conflicts,
        returns_unnumbered,
    };
    Ok((column, facts))
}
