//! The search for a row that keeps others from being deleted or changed, along foreign keys as the database tells them: their
//! tables may have no model.

use super::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::statement::{Intent, Statement};

/// A foreign key, by the names of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNames {
    /// The schema of its table, and of the one that it refers to.
    pub schema: String,
    /// Its table.
    pub table: String,
    /// Its columns, each with the one that it refers to.
    pub pairs: Vec<(String, String)>,
}

/// Whether any row refers to one of the rows, by the last of some keys through those of the others.
#[derive(Debug)]
pub struct Keeper<'k> {
    /// The table that the first key refers to.
    pub table: &'k str,
    /// Its primary key.
    pub key: &'k [&'k str],
    /// The query for the primary keys of the rows.
    pub rows: &'k Statement,
    /// The keys, from the rows to what is searched for; each refers to the table of the one before.
    pub way: &'k [&'k KeyNames],
    /// Whether what is searched for may not be one of the rows itself.
    pub apart: bool,
}

/// The name that the rows have in the statement. (A table of this name would have to be the program's.)
const ROWS: &str = "the rows that go";

/// The statement of a search: one row or none.
///
/// # Errors
/// What is too long.
pub fn keeper(search: &Keeper<'_>, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::new(dialect);
    writer.push("WITH ");
    writer.identifier(ROWS);
    writer.push(" AS (");
    writer.push(&search.rows.sql);
    writer.push(") SELECT 1 FROM ");
    writer.qualified(search.way.first().map(|key| &*key.schema), search.table);
    writer.push(" AS k0");
    for (number, key) in search.way.iter().enumerate() {
        writer.follow(number, key)?;
    }
    writer.push(" WHERE ");
    writer.among_rows(0, search.key)?;
    if search.apart {
        writer.push(" AND NOT ");
        writer.among_rows(search.way.len(), search.key)?;
    }
    writer.push(" LIMIT 1");
    let statement = writer.finish(Intent::Read)?;
    Ok(Statement { binds: search.rows.binds.clone(), persistent: false, ..statement })
}

impl Writer<'_> {
    /// The table of a key. Values are compared by the collation of the column that is referred to, as the database does.
    fn follow(&mut self, number: usize, key: &KeyNames) -> Result<()> {
        self.push(" JOIN ");
        self.qualified(Some(&key.schema), &key.table);
        self.push(&format!(" AS k{} ON ", number + 1));
        self.separated(&key.pairs, " AND ", |writer, (own, referred)| {
            writer.column_of(number, referred);
            writer.push(" = ");
            writer.column_of(number + 1, own);
            Ok(())
        })
    }

    fn among_rows(&mut self, number: usize, key: &[&str]) -> Result<()> {
        self.push("(");
        self.separated(key, ", ", |writer, column| {
            writer.column_of(number, column);
            Ok(())
        })?;
        self.push(") IN (SELECT * FROM ");
        self.identifier(ROWS);
        self.push(")");
        Ok(())
    }

    fn column_of(&mut self, number: usize, column: &str) {
        self.push(&format!("k{number}."));
        self.identifier(column);
    }
}
