//! A column, as CREATE TABLE has it.

use crate::compiler::writer::Writer;
use crate::error::Result;
use crate::schema::{self, Column, Table};
use crate::value::Value;

impl Writer<'_> {
    pub(super) fn column_definition(&mut self, table: &Table, column: &Column) -> Result<()> {
        self.identifier(&column.name);
        self.push(" ");
        self.column_type(table, column);
        if let Some(generated) = &column.generated {
            return self.generated(generated);
        }
        if !column.nullable {
            self.push(" NOT NULL");
        }
        if let Some(default) = &column.default {
            let decimal = self.decimal_default(column, default)?;
            self.default(decimal.as_deref().unwrap_or(default));
        }
        if column.auto {
            self.push(" ");
            self.push(self.spelling().auto());
        }
        self.inline_comment(column.comment.as_deref());
        Ok(())
    }

    fn column_type(&mut self, table: &Table, column: &Column) {
        match &column.type_name {
            Some(name) => self.push(name),
            None => self.push(&self.spelling().column_type(column, table.is_keyed(&column.name))),
        }
    }

    /// What a column is computed from. (Not all databases take NOT NULL beside it.)
    fn generated(&mut self, generated: &schema::Generated) -> Result<()> {
        self.push(" GENERATED ALWAYS AS (");
        self.written(&generated.expression)?;
        let stored = generated.stored || !self.features().virtual_columns;
        self.write(if stored { ") STORED" } else { ") VIRTUAL" })
    }

    /// The check that a text is no longer than its column says, where the type does not say it.
    pub(super) fn length(&mut self, table: &Table, column: &Column) {
        let most = self.spelling().length_check(column, table.is_keyed(&column.name));
        let Some(most) = most.filter(|_| column.type_name.is_none()) else { return };
        self.push(", ");
        self.constraint(&schema::length_check(table, column));
        self.push("CHECK (CHAR_LENGTH(");
        self.identifier(&column.name);
        self.push(") <= ");
        self.bind(Value::I64(most.into()));
        self.push(")");
    }

    /// A default: a literal bare, since SQLite adds a column with no other; an expression in parentheses.
    fn default(&mut self, default: &str) {
        self.push(" DEFAULT ");
        if is_literal(default) {
            let literal = self.spelling().default_literal(default);
            self.push(&literal);
        } else {
            self.push("(");
            self.push(default);
            self.push(")");
        }
    }
}

/// Tells whether a default is a number, a text or a constant.
fn is_literal(default: &str) -> bool {
    let text = default.len() > 1 && default.starts_with('\'') && default.ends_with('\'');
    let quotes = default.bytes().filter(|byte| *byte == b'\'').count();
    let constant = ["NULL", "TRUE", "FALSE"].iter().any(|word| default.eq_ignore_ascii_case(word));
    (text && quotes.is_multiple_of(2) && !default[1..default.len() - 1].replace("''", "").contains('\''))
        || constant
        || default.parse::<f64>().is_ok_and(f64::is_finite)
}
