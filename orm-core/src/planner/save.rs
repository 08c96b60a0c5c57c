//! A row that is saved: an UPDATE of one row, found by its key.

use std::mem;

use super::plan::{Change, Choice, Chosen, Clause, Expr};
use super::scope::Scope;
use super::tables::field_at;
use crate::ast::{Condition, Node, Save, Written, key_has};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::model::fit::fit_all;
use crate::model::{Column, ModelDef, Path};
use crate::value::Value;

/// A row that is saved, each value as its column stores it.
#[derive(Debug)]
pub struct RowChange {
    /// The model, as the root of paths.
    pub root: &'static Path,
    /// Which columns are written.
    pub written: Written,
    /// The values of the columns that are written, and then those of the key.
    pub values: Vec<Value>,
}

/// Looks through a row that is saved: what its columns cannot hold is refused, whatever the database.
///
/// # Errors
/// `Validation` for a value that its column cannot hold.
pub fn row(row: Save) -> Result<RowChange> {
    let Save { root, written, values } = row;
    let values = fitted(root.model, &written, values).map_err(|error| error.of_model(root.model.name))?;
    Ok(RowChange { root, written, values })
}

impl RowChange {
    /// The key of a row that has nothing to write, as a condition: such a row is looked for.
    pub fn sought(&self) -> Option<Condition> {
        let is_nothing = self.values.len() <= self.root.model.primary_key.len();
        is_nothing.then(|| key_has(self.root, self.values.iter().cloned().map(Node::Value)))
    }
}

/// Plans the UPDATE of a row that is saved.
///
/// # Errors
/// What the database cannot say.
pub fn save<'r>(row: &'r RowChange, dialect: &Dialect) -> Result<Change<'r>> {
    let (root, model) = (row.root, row.root.model);
    let mut values = row.values.iter();
    let assigned = |(index, value)| Ok((field_at(model, index)?, Expr::value(value)));
    let assignments = row.written.fields(model).zip(&mut values).map(assigned).collect::<Result<_>>()?;
    let mut scope = Scope::rows(model, dialect);
    let mut equal = |(field, value)| Ok(Clause::equal(scope.column(Column { path: root, field })?, value, false));
    let key = model.key_fields().zip(values).map(&mut equal).collect::<Result<_>>()?;
    let condition = scope.legal(Clause::group(key, true))?;
    let by = if scope.reads_lists_again() { Choice::Joined } else { Choice::Condition };
    Ok(Change::of(assignments, Chosen { condition, joins: scope.joins, by }))
}

/// The values of the columns that are written, and then those of the key.
fn fitted(model: &'static ModelDef, written: &Written, mut values: Vec<Value>) -> Result<Vec<Value>> {
    let key = model.primary_key;
    let leading = key.len().min(values.len());
    let is_all = matches!(written, Written::Whole) && !model.fields.iter().any(|field| field.generated);
    if is_all && key.iter().copied().eq(0..leading) {
        // Most rows have their key in front, and need no second vector.
        fit_all(model.fields.iter().zip(&mut values))?;
        values.rotate_left(leading);
        return Ok(values);
    }
    let mut fitted = Vec::with_capacity(model.fields.len());
    for index in written.fields(model).chain(key.iter().copied()) {
        let value = values.get_mut(index).ok_or_else(|| incomplete(model))?;
        fitted.push(mem::replace(value, Value::Bool(false)));
    }
    let columns = written.fields(model).chain(key.iter().copied()).filter_map(|index| model.fields.get(index));
    fit_all(columns.zip(&mut fitted))?;
    Ok(fitted)
}

fn incomplete(model: &ModelDef) -> Error {
    Error::internal(format!("a row of `{}` has a value for each of its fields", model.name))
}
