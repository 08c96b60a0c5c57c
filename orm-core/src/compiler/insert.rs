//! INSERT.

use super::arithmetic::as_kind;
use super::kept::{self, Columns, Shape, Verb};
use super::ours::is_ours;
use super::stored::{Sample, holds};
use super::writer::Writer;
use crate::ast::Insert;
use crate::dialect::{Dialect, Fit};
use crate::error::{Error, ErrorKind, Result, SetupMistake};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Table, field_at};
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// The statement of an INSERT of one row or more.
///
/// Worth keeping prepared is that of one row, or of a power of two: batches of such sizes are the ones to send.
pub fn insert(insert: Insert, dialect: &Dialect) -> Result<Statement> {
    if insert.rows.is_empty() {
        return Err(Error::internal("an INSERT without rows"));
    }
    if let Some(row) = insert.rows.iter().find(|row| row.len() != insert.fields.len()) {
        let (given, wanted) = (row.len(), insert.fields.len());
        return Err(Error::internal(format!("a row of {given} values cannot fill {wanted} columns")));
    }
    let columns = Columns::these(insert.fields.iter().copied()).filter(|_| insert.rows.len() == 1);
    let Some(columns) = columns else { return written(&insert, dialect) };
    let shape = Shape::new(Verb::Insert { returning: insert.returning }, insert.model, columns, dialect);
    if let Some(sql) = kept::find(shape) {
        return Ok(Statement::new(sql, bound(insert)?, Intent::Write));
    }
    let statement = written(&insert, dialect)?;
    // Of a table of others the types are looked at each time.
    if is_ours(insert.model) {
        kept::keep(shape, &statement, &bound(insert)?);
    }
    Ok(statement)
}

fn bound(insert: Insert) -> Result<Vec<Value>> {
    let row = insert.fields.iter().zip(insert.rows.into_iter().flatten());
    row.map(|(&index, value)| Ok(as_kind(value, field_at(insert.model, index)?.kind))).collect()
}

fn written(insert: &Insert, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::new(dialect);
    writer.check_complete(insert)?;
    writer.push("INSERT INTO ");
    writer.table(insert.model);
    writer.push(" ");
    writer.inserted(insert)?;
    if insert.returning && dialect.features().returning {
        writer.push(" RETURNING ");
        writer.separated(insert.model.fields.iter().enumerate(), ", ", |writer, (index, field)| {
            match writer.number_check(insert, index, field) {
                Some(template) => writer.checked_number(&template, insert.model, field),
                None => writer.shown(Table::own(insert.model).column(field)),
            }
        })?;
        let given = insert.fields.iter().filter_map(|&index| insert.model.fields.get(index));
        writer.numbered_on(", ", insert.model, given)?;
    }
    let statement = writer.finish(Intent::Write)?;
    let persistent = statement.persistent && insert.rows.len().is_power_of_two();
    Ok(Statement { persistent, ..statement })
}

impl Writer<'_> {
    /// Moves the numbers of automatic keys on past a key that was given, where the database does not by itself.
    pub(super) fn numbered_on(
        &mut self,
        after: &str,
        model: &'static ModelDef,
        given: impl IntoIterator<Item = &'static FieldDef>,
    ) -> Result<()> {
        let Some(key) = given.into_iter().find(|field| field.auto) else { return Ok(()) };
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

    /// What makes an error of a number that is past its field, so that nothing is stored: where the column may be wider, and the
    /// table has no check of it.
    fn number_check(&self, insert: &Insert, index: usize, field: &FieldDef) -> Option<String> {
        let model = insert.model;
        let to = holds(field).filter(|_| field.auto && !insert.fields.contains(&index))?;
        let unchecked = !model.managed || (field.range.is_some() && !self.features().checks_on_auto);
        let fit = Fit { from: field.kind, sure: model.managed, to, own: model.managed, kept: None };
        self.spelling().fitted(&fit).filter(|_| unchecked)
    }

    fn checked_number(&mut self, template: &str, model: &'static ModelDef, field: &'static FieldDef) -> Result<()> {
        self.template(template, &mut |writer, _| {
            writer.root_column(model, field);
            Ok(())
        })?;
        self.push(" AS ");
        self.identifier(field.column);
        Ok(())
    }

    /// Refuses a row that a table of others would complete with NULL where the model has none: it could not be read.
    fn check_complete(&self, insert: &Insert) -> Result<()> {
        let model = insert.model;
        if model.managed {
            return Ok(());
        }
        let left_out = |(index, field): &(usize, &FieldDef)| !field.nullable && !insert.fields.contains(index);
        let mut left_out = model.fields.iter().enumerate().filter(left_out).map(|(_, field)| field);
        let refused = left_out.find(|field| self.column_facts(model, field).is_some_and(|column| column.left_null));
        let Some(field) = refused else { return Ok(()) };
        Err(SetupMistake::ValueMissing { model: model.name, field: field.name, column: field.column }.into())
    }

    /// A table's name as it stands in a statement.
    fn quoted(&self, model: &ModelDef) -> String {
        let mut name = Writer::new(self.dialect);
        name.table(model);
        name.into_text()
    }

    fn inserted(&mut self, insert: &Insert) -> Result<()> {
        match (insert.fields.is_empty(), insert.rows.len()) {
            (true, 1) => {
                self.push(self.features().default_row);
                Ok(())
            }
            (true, rows) => self.default_rows(insert, rows),
            (false, _) => self.given_rows(insert),
        }
    }

    fn given_rows(&mut self, insert: &Insert) -> Result<()> {
        let fields = insert.fields.iter().map(|&index| field_at(insert.model, index));
        let fields = fields.collect::<Result<Vec<&'static FieldDef>>>()?;
        self.push("(");
        self.identifiers(fields.iter().map(|field| field.column))?;
        self.push(") VALUES ");
        self.separated(&insert.rows, ", ", |writer, row| {
            writer.push("(");
            writer.separated(fields.iter().zip(row), ", ", |writer, (field, value)| {
                writer.stored(value, field, insert.model, Sample::Table)
            })?;
            writer.push(")");
            Ok(())
        })
    }

    /// Several rows of nothing: the key is named, and left to the database.
    fn default_rows(&mut self, insert: &Insert, rows: usize) -> Result<()> {
        let Some(key) = insert.model.fields.iter().find(|field| field.auto) else {
            let feature = "several rows without columns in one INSERT".to_owned();
            return Err(ErrorKind::Unsupported { feature, backend: self.dialect.name() }.into());
        };
        self.push("(");
        self.identifier(key.column);
        self.push(") VALUES ");
        let word = self.features().default_word;
        self.separated(0..rows, ", ", |writer, _| {
            writer.push("(");
            writer.push(word);
            writer.push(")");
            Ok(())
        })
    }
}
