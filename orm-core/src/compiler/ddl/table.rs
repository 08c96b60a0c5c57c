//! CREATE TABLE, with all that belongs to a table.

use super::comment::comments;
use super::index::create_indexes;
use crate::compiler::writer::{Writer, no_schemas};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::schema::{ForeignKey, Table};
use crate::statement::Statement;

/// CREATE TABLE, then its indexes and comments.
pub(super) fn create_table(table: &Table, keys: &[&ForeignKey], dialect: &Dialect) -> Result<Vec<Statement>> {
    if let (Some(schema), false) = (&table.schema, dialect.features().schemas) {
        return Err(no_schemas(schema, dialect));
    }
    dialect.spelling().check_table(table)?;
    let mut writer = Writer::inline(dialect);
    writer.table_definition(table, keys)?;
    let mut statements = vec![writer.into_schema()];
    statements.extend(create_indexes(table, dialect)?);
    statements.extend(comments(table, dialect));
    Ok(statements)
}

impl Writer<'_> {
    fn table_definition(&mut self, table: &Table, keys: &[&ForeignKey]) -> Result<()> {
        self.push("CREATE TABLE ");
        self.qualified(table.schema.as_deref(), &table.name);
        self.push(" (");
        self.separated(&table.columns, ", ", |writer, column| writer.column_definition(table, column))?;
        self.primary_key(table)?;
        self.uniques(table)?;
        self.checks(table)?;
        for key in keys {
            self.push(", ");
            self.foreign_key(table, key)?;
        }
        self.push(")");
        self.push(self.spelling().table_options());
        self.inline_comment(table.comment.as_deref());
        Ok(())
    }
}
