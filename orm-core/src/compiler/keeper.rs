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
    /// Nor one that goes along with them: the keys that lead from the rows to such, each way like that of the search.
    pub along: &'k [Vec<&'k KeyNames>],
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
    writer.way("k", search, search.way)?;
    let found = format!("k{}", search.way.len());
    if search.apart {
        writer.push(" AND NOT ");
        writer.among_rows(&found, search.key)?;
    }
    for way in search.along {
        writer.goes_not_along(&found, search, way)?;
    }
    writer.push(" LIMIT 1");
    let statement = writer.finish(Intent::Read)?;
    Ok(Statement { binds: search.rows.binds.clone(), persistent: false, ..statement })
}

impl Writer<'_> {
    /// The tables of a way, from the rows on; their names in the statement are the letter and a number.
    fn way(&mut self, letter: &str, search: &Keeper<'_>, way: &[&KeyNames]) -> Result<()> {
        self.qualified(search.way.first().map(|key| &*key.schema), search.table);
        self.push(&format!(" AS {letter}0"));
        for (number, key) in way.iter().enumerate() {
            let (near, far) = (format!("{letter}{number}"), format!("{letter}{}", number + 1));
            self.push(" JOIN ");
            self.qualified(Some(&key.schema), &key.table);
            self.push(&format!(" AS {far} ON "));
            self.refers(&far, &near, key)?;
        }
        self.push(" WHERE ");
        self.among_rows(&format!("{letter}0"), search.key)
    }

    /// That a row which was found is not one to which a way leads.
    fn goes_not_along(&mut self, found: &str, search: &Keeper<'_>, way: &[&KeyNames]) -> Result<()> {
        let Some((last, before)) = way.split_last() else { return Ok(()) };
        self.push(" AND NOT EXISTS (SELECT 1 FROM ");
        self.way("g", search, before)?;
        self.push(" AND ");
        self.refers(found, &format!("g{}", before.len()), last)?;
        self.push(")");
        Ok(())
    }

    /// That a row refers to another. Values are compared by the collation of the column that is referred to, as the database does.
    fn refers(&mut self, far: &str, near: &str, key: &KeyNames) -> Result<()> {
        self.separated(&key.pairs, " AND ", |writer, (own, referred)| {
            writer.column_of(near, referred);
            writer.push(" = ");
            writer.column_of(far, own);
            Ok(())
        })
    }

    fn among_rows(&mut self, of: &str, key: &[&str]) -> Result<()> {
        self.push("(");
        self.separated(key, ", ", |writer, column| {
            writer.column_of(of, column);
            Ok(())
        })?;
        self.push(") IN (SELECT * FROM ");
        self.identifier(ROWS);
        self.push(")");
        Ok(())
    }

    fn column_of(&mut self, of: &str, column: &str) {
        self.push(of);
        self.push(".");
        self.identifier(column);
    }
}
