//! CREATE INDEX.

use crate::compiler::writer::Writer;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::schema::{Index, Table, Unique, Written};
use crate::statement::Statement;

/// The indexes of a table. One that cannot be is left out: nothing but speed depends on it.
pub(super) fn create_indexes(table: &Table, dialect: &Dialect) -> Result<Vec<Statement>> {
    let can_be = |index: &&Index| index.expressions.is_empty() || dialect.features().expression_indexes;
    let uniques = table.uniques.iter().filter(|unique| is_index(unique));
    let uniques = uniques.map(|unique| create_unique_index(table, unique, dialect));
    uniques.chain(table.indexes.iter().filter(can_be).map(|index| create_index(table, index, dialect))).collect()
}

/// Tells whether a UNIQUE constraint can only be said as an index.
pub(super) fn is_index(unique: &Unique) -> bool {
    unique.condition.is_some() || !unique.expressions.is_empty()
}

fn create_index(table: &Table, index: &Index, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::inline(dialect);
    writer.index_on("CREATE INDEX ", &index.name, table);
    if let (Some(method), true) = (&index.method, dialect.features().index_options) {
        writer.push(" USING ");
        writer.push(word(method)?);
    }
    writer.index_columns(index)?;
    // An index over all rows serves as well, where some cannot be left out.
    if let (Some(condition), true) = (&index.condition, dialect.features().partial_indexes) {
        writer.push(" WHERE ");
        writer.written(condition)?;
    }
    Ok(writer.into_schema())
}

fn create_unique_index(table: &Table, unique: &Unique, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::inline(dialect);
    writer.index_on("CREATE UNIQUE INDEX ", &unique.name, table);
    writer.push(" (");
    writer.identifiers(unique.columns.iter().map(String::as_str))?;
    if !unique.expressions.is_empty() {
        let feature = format!("a unique constraint over expressions (of `{}`)", table.model);
        writer.supported(dialect.features().expression_indexes, &feature)?;
        writer.expressions(&unique.expressions)?;
    }
    writer.push(")");
    if let Some(condition) = &unique.condition {
        let feature = format!("a unique constraint with a condition (of `{}`)", table.model);
        writer.supported(dialect.features().partial_indexes, &feature)?;
        writer.push(" WHERE ");
        writer.written(condition)?;
    }
    Ok(writer.into_schema())
}

impl Writer<'_> {
    fn index_on(&mut self, create: &str, name: &str, table: &Table) {
        self.push(create);
        self.identifier(name);
        self.push(" ON ");
        self.qualified(table.schema.as_deref(), &table.name);
    }

    fn index_columns(&mut self, index: &Index) -> Result<()> {
        self.push(" (");
        self.separated(&index.columns, ", ", |writer, (column, descending)| {
            writer.identifier(column);
            writer.write(if *descending { " DESC" } else { "" })
        })?;
        self.expressions(&index.expressions)?;
        self.push(")");
        if self.features().index_options && !index.include.is_empty() {
            self.push(" INCLUDE (");
            self.identifiers(index.include.iter().map(String::as_str))?;
            self.push(")");
        }
        Ok(())
    }

    fn expressions(&mut self, parts: &[Written]) -> Result<()> {
        self.separated(parts, ", ", |writer, part| writer.written(part))
    }
}

/// A word that may stand in SQL as it is.
fn word(text: &str) -> Result<&str> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(text);
    }
    Err(Error::configuration(format!("`{text}` is no method of an index: one is a single word, such as `gin`")))
}
