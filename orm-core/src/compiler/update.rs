//! UPDATE.

use std::mem;

use super::kept::{self, Columns, Shape, Verb};
use super::ours::is_ours;
use super::stored::{Given, Sample};
use super::writer::Writer;
use crate::ast::{Condition, Node, Save, Update, Written, key_has};
use crate::dialect::{Dialect, OldRows, declared};
use crate::error::{Error, Result};
use crate::model::{ModelDef, Path};
use crate::planner::{Assigned, Change, Chosen, Expr, Joins, Table, field_at};
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// The statement of an UPDATE.
///
/// # Errors
/// What the database cannot say, `Validation` for a value that its column cannot hold, and what is too long.
pub fn update(change: &Change<'_>, dialect: &Dialect) -> Result<Statement> {
    let model = change.rows.joins.root().model;
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE ");
    writer.table(model);
    if change.rows.first {
        writer.update_from_old_rows(&change.rows, &change.assignments)?;
        return writer.finish(Intent::Write);
    }
    writer.push(" SET ");
    writer.separated(&change.assignments, ", ", |writer, (field, node)| {
        writer.identifier(field.column);
        writer.push(" = ");
        match node {
            Expr::Value(value) => writer.stored(value, field, model, Sample::Row),
            node => writer.guarded(model, field, Given::Expression, |writer| writer.assigned(node, field, model)),
        }
    })?;
    writer.where_(&change.rows.condition)?;
    writer.numbered_on(" RETURNING ", model, change.assignments.iter().map(|(field, _)| *field))?;
    writer.finish(Intent::Write)
}

/// What becomes of a row that is saved.
#[derive(Debug)]
pub enum Saved {
    /// It has nothing to write, and this condition on its key.
    Nothing(Condition),
    /// Its statement is known from another row: its table is one of ours.
    Known(Statement),
    /// Its statement is to be written.
    New(Box<RowUpdate>),
}

/// The UPDATE of one row.
#[derive(Debug)]
pub struct RowUpdate {
    /// The UPDATE.
    pub update: Update,
    shape: Option<Shape>,
    binds: Vec<Value>,
}

impl RowUpdate {
    /// Keeps the text of its statement for other rows, if it binds just what they would.
    pub fn keep(&self, statement: &Statement) {
        if let Some(shape) = self.shape {
            kept::keep(shape, statement, &self.binds);
        }
    }
}

/// The statement of an UPDATE of one row, or what it is written from.
///
/// # Errors
/// `Validation` for a value that its column cannot hold.
pub fn save(save: Save, dialect: &Dialect) -> Result<Saved> {
    let Save { root, written, values } = save;
    let binds = bound(root.model, &written, values).map_err(|error| error.of_model(root.model.name))?;
    if binds.len() <= root.model.primary_key.len() {
        return Ok(Saved::Nothing(key_has(root, binds.into_iter().map(Node::Value))));
    }
    let columns = match &written {
        Written::Whole => Some(Columns::Whole),
        Written::Only(_) => Columns::these(written.fields(root.model)),
    };
    let shape = columns.map(|columns| Shape::new(Verb::Update, root.model, columns, dialect));
    if let Some(sql) = shape.and_then(kept::find) {
        return Ok(Saved::Known(Statement::new(sql, binds, Intent::Write)));
    }
    // Of a table of others the types are looked at each time; beside a text key with a collation the words depend on the value.
    let depends =
        !is_ours(root.model) || root.model.key_fields().any(|key| key.kind == Kind::Text && declared(key).is_some());
    let shape = shape.filter(|_| !depends);
    Ok(Saved::New(Box::new(RowUpdate { update: of_row(root, &written, &binds), shape, binds })))
}

/// What the UPDATE of a row binds: the columns it writes, as they store it, and then the key.
fn bound(model: &'static ModelDef, written: &Written, mut values: Vec<Value>) -> Result<Vec<Value>> {
    let key = model.primary_key;
    let leading = key.len().min(values.len());
    let is_all = matches!(written, Written::Whole) && !model.fields.iter().any(|field| field.generated);
    if is_all && key.iter().copied().eq(0..leading) {
        // Most rows have their key in front, and need no second vector.
        model.fields.iter().zip(&mut values).try_for_each(|(field, value)| field.fit(value))?;
        values.rotate_left(leading);
        return Ok(values);
    }
    let mut take = |index| values.get_mut(index).map(|value| mem::replace(value, Value::Bool(false)));
    let mut binds = Vec::with_capacity(model.fields.len());
    for index in written.fields(model) {
        let mut value = take(index).ok_or_else(|| incomplete(model))?;
        field_at(model, index)?.fit(&mut value)?;
        binds.push(value);
    }
    for &index in key {
        let mut value = take(index).ok_or_else(|| incomplete(model))?;
        field_at(model, index)?.fit(&mut value)?;
        binds.push(value);
    }
    Ok(binds)
}

fn incomplete(model: &ModelDef) -> Error {
    Error::internal(format!("a row of `{}` has a value for each of its fields", model.name))
}

/// The UPDATE of a row by what it binds.
fn of_row(root: &'static Path, written: &Written, binds: &[Value]) -> Update {
    let mut values = binds.iter().cloned().map(Node::Value);
    let assignments = written.fields(root.model).zip(values.by_ref()).collect();
    Update { model: root.model, assignments, condition: key_has(root, values) }
}

impl Writer<'_> {
    /// The rest of an UPDATE whose keys and new values come from a subquery that is complete before the first row changes.
    fn update_from_old_rows(&mut self, rows: &Chosen<'_>, given: &[Assigned<'_>]) -> Result<()> {
        if self.features().old_rows == OldRows::Joined {
            self.push(" INNER JOIN ");
            self.old_rows(rows, given)?;
            self.push(" ON ");
            self.same_key(&rows.joins)?;
            self.push(" SET ");
            return self.assigned_from_old_rows(&rows.joins, given);
        }
        self.push(" SET ");
        self.assigned_from_old_rows(&rows.joins, given)?;
        self.push(" FROM ");
        self.old_rows(rows, given)?;
        self.push(" WHERE ");
        self.same_key(&rows.joins)
    }

    /// The keys of the rows, and what their columns become.
    pub(super) fn old_rows(&mut self, rows: &Chosen<'_>, given: &[Assigned<'_>]) -> Result<()> {
        let joins = &rows.joins;
        self.push("(SELECT ");
        self.separated(joins.root().keys().enumerate(), ", ", |writer, (index, column)| {
            writer.column(column);
            writer.push(" AS ");
            writer.identifier(&format!("k{index}"));
            Ok(())
        })?;
        for (index, (field, node)) in given.iter().enumerate().filter(|(_, (_, node))| node.as_value().is_none()) {
            self.push(", ");
            self.assigned(node, field, joins.root().model)?;
            self.push(" AS ");
            self.identifier(&format!("c{index}"));
        }
        self.from(joins)?;
        self.where_(&rows.condition)?;
        // A subquery with a limit is never merged into the statement around it.
        if let Some(all) = self.features().no_limit {
            self.push(" LIMIT ");
            self.push(all);
        }
        self.push(") AS ");
        self.old_rows_table(joins);
        Ok(())
    }

    fn assigned_from_old_rows(&mut self, joins: &Joins, given: &[Assigned<'_>]) -> Result<()> {
        let qualified = self.features().old_rows == OldRows::Joined;
        self.separated(given.iter().enumerate(), ", ", |writer, (index, (field, node))| {
            let model = joins.root().model;
            if qualified {
                writer.root_column(model, field);
            } else {
                writer.identifier(field.column);
            }
            writer.push(" = ");
            match node {
                Expr::Value(value) => writer.stored(value, field, model, Sample::Row),
                _ => writer.guarded(model, field, Given::Expression, |writer| writer.write_old(joins, index)),
            }
        })
    }

    pub(super) fn same_key(&mut self, joins: &Joins) -> Result<()> {
        self.separated(joins.root().keys().enumerate(), " AND ", |writer, (index, column)| {
            writer.old_rows_column(joins, &format!("k{index}"));
            writer.push(" = ");
            writer.column(column);
            Ok(())
        })
    }

    fn write_old(&mut self, joins: &Joins, index: usize) -> Result<()> {
        self.old_rows_column(joins, &format!("c{index}"));
        Ok(())
    }

    fn old_rows_column(&mut self, joins: &Joins, name: &str) {
        self.old_rows_table(joins);
        self.push(".");
        self.identifier(name);
    }

    /// The name before those of the joins, which is no name of a table here either.
    fn old_rows_table(&mut self, joins: &Joins) {
        self.table_name(Table { name: joins.free_name(), ..joins.root() });
    }
}
