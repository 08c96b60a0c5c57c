//! INSERT.

use super::stored::Sample;
use super::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::{FieldDef, ModelDef};
use crate::planner::{New, Returned, Rows, Table};
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// The statement of an INSERT of one row or more.
///
/// Worth keeping prepared is that of one row, or of a power of two: batches of such sizes are the ones to send.
///
/// # Errors
/// `Validation` for a value that its column cannot hold, and what is too long.
pub fn insert(new: &New<'_>, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::new(dialect);
    writer.push("INSERT");
    writer.conflicts_fail(new.model);
    writer.push(" INTO ");
    writer.table(new.model);
    writer.push(" ");
    writer.inserted(new)?;
    if let Some(columns) = &new.returned {
        writer.returned(new, columns)?;
    }
    let statement = writer.finish(Intent::Write)?;
    let persistent = statement.persistent && new.rows.count().is_power_of_two();
    Ok(Statement { persistent, ..statement })
}

impl Writer<'_> {
    /// Moves the numbers of automatic keys on past a key that was given, where the database does not by itself.
    pub(super) fn numbered_on(
        &mut self,
        after: &str,
        model: &'static ModelDef,
        key: Option<&'static FieldDef>,
    ) -> Result<()> {
        let Some(key) = key else { return Ok(()) };
        let Some(template) = self.spelling().number_on() else { return Ok(()) };
        let table = self.quoted(model);
        self.push(after);
        self.template(template, &mut |writer, slot| {
            match slot {
                b'0' => writer.push(&writer.spelling().text_literal(&table)),
                b'1' => writer.push(&writer.spelling().text_literal(key.column)),
                _ => writer.root_column(model, key),
            }
            Ok(())
        })
    }

    fn returned(&mut self, new: &New<'_>, columns: &[Returned]) -> Result<()> {
        self.push(" RETURNING ");
        self.separated(columns, ", ", |writer, Returned { field, checked }| {
            match checked.as_ref().and_then(|fit| writer.spelling().fitted(fit)) {
                Some(template) => writer.checked_number(&template, new.model, field),
                None => writer.shown(Table::own(new.model).column(field)),
            }
        })?;
        self.numbered_on(", ", new.model, new.numbered)
    }

    /// A number, with the error of one that is past its field.
    fn checked_number(&mut self, template: &str, model: &'static ModelDef, field: &'static FieldDef) -> Result<()> {
        self.template(template, &mut |writer, _| {
            writer.root_column(model, field);
            Ok(())
        })?;
        self.push(" AS ");
        self.identifier(field.column);
        Ok(())
    }

    /// A table's name as it stands in a statement.
    fn quoted(&self, model: &ModelDef) -> String {
        let mut name = Writer::new(self.dialect);
        name.table(model);
        name.into_text()
    }

    fn inserted(&mut self, new: &New<'_>) -> Result<()> {
        match &new.rows {
            Rows::Default => self.write(self.features().default_row),
            Rows::Numbered { key, count } => self.numbered_rows(key, *count),
            Rows::Values { fields, values } => self.given_rows(new.model, fields, values),
        }
    }

    fn given_rows(
        &mut self,
        model: &'static ModelDef,
        fields: &[&'static FieldDef],
        values: &[Vec<Value>],
    ) -> Result<()> {
        self.push("(");
        self.identifiers(fields.iter().map(|field| field.column))?;
        self.push(") VALUES ");
        self.separated(values, ", ", |writer, row| {
            writer.push("(");
            writer.separated(fields.iter().zip(row), ", ", |writer, (field, value)| {
                writer.stored(value, field, model, Sample::Table)
            })?;
            writer.write(")")
        })
    }

    /// Several rows of nothing but the word for a number.
    fn numbered_rows(&mut self, key: &FieldDef, count: usize) -> Result<()> {
        self.push("(");
        self.identifier(key.column);
        self.push(") VALUES ");
        let word = self.features().default_word;
        self.separated(0..count, ", ", |writer, _| {
            writer.push("(");
            writer.push(word);
            writer.write(")")
        })
    }
}
