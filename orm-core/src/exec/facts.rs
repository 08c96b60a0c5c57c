//! What must be known of tables that are not ours before a statement is sent: asked for once per database and table.

use std::sync::Arc;

use super::database::Database;
use crate::dialect::{Collation, ColumnFacts, Dialect, TableFacts};
use crate::error::Result;
use crate::row::{Collect, Decoder, RowReader, Shape};
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// The words with which a statement may begin that changes what tables are.
const CHANGING: [&str; 4] = ["ALTER", "CREATE", "DROP", "RENAME"];

impl Database {
    /// What is written in this database's dialect: written again, if that showed what must be known first.
    pub(super) async fn written<T>(&self, write: impl Fn(&Dialect) -> Result<T>) -> Result<T> {
        loop {
            let version = self.known();
            let written = write(self.dialect())?;
            if self.known() == version {
                return Ok(written);
            }
            Box::pin(self.learn()).await?;
        }
    }

    /// A number that changes when more is known, or must be.
    pub(super) fn known(&self) -> u64 {
        self.dialect().facts().map_or(0, |facts| facts.version())
    }

    /// Asks about the tables that statements wanted to know of. No span shows it, and it is not counted.
    pub(super) async fn learn(&self) -> Result<()> {
        let (Some(facts), Some(words)) = (self.dialect().facts(), self.dialect().facts_query()) else { return Ok(()) };
        for (schema, table) in facts.wanted() {
            let schema_value = schema.map_or(Value::Null(Kind::Text), |schema| Value::Text(schema.into()));
            let statement = Statement::new(words, vec![schema_value, Value::Text(table.into())], Intent::Read);
            let rows = Collect::boxed(Decoder::new(column, Arc::default()));
            let columns: Vec<(String, ColumnFacts)> = Collect::unbox(match self.held() {
                Some(held) => held.fetch(&statement, rows).await?,
                None => self.driver().fetch(statement, rows).await?,
            })?;
            facts.learn((schema, table), columns.into_iter().collect::<TableFacts>());
        }
        Ok(())
    }

    /// Forgets what is known of tables, if a statement may change them.
    pub(super) fn forget_after(&self, sql: &str) {
        let begins =
            |word: &&str| sql.trim_start().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if let Some(facts) = self.dialect().facts()
            && CHANGING.iter().any(begins)
        {
            facts.forget();
        }
    }
}

fn column(row: &mut RowReader<'_>, _: &Shape) -> Result<(String, ColumnFacts)> {
    let (column, type_name, base): (String, String, String) = (row.read()?, row.read()?, row.read()?);
    let (name, charset): (String, String) = (row.read()?, row.read()?);
    let collation = (!name.is_empty()).then_some(Collation { name, charset });
    Ok((column, ColumnFacts { type_name, base, collation, by_code_point: row.read()? }))
}
