//! INSERT: what new rows are given, and what comes back of them.

use super::plan::{New, Returned, Rows};
use super::tables::field_at;
use crate::ast::Insert;
use crate::dialect::{Dialect, Fit, Holds};
use crate::error::{Error, ErrorKind, Result, SetupMistake};
use crate::model::fit::fit_all;
use crate::model::{FieldDef, ModelDef};

/// Rows that are inserted, each value as its column stores it.
#[derive(Debug)]
pub struct NewRows {
    /// The rows.
    pub given: Insert,
}

/// Looks through new rows: what their columns cannot hold is refused, whatever the database.
///
/// # Errors
/// `Validation` for a value that its column cannot hold.
pub fn rows(mut given: Insert) -> Result<NewRows> {
    if given.rows.is_empty() {
        return Err(Error::internal("an INSERT without rows"));
    }
    for row in &mut given.rows {
        let (found, wanted) = (row.len(), given.fields.len());
        if found != wanted {
            return Err(Error::internal(format!("a row of {found} values cannot fill {wanted} columns")));
        }
        let fields = given.fields.iter().filter_map(|&index| given.model.fields.get(index));
        fit_all(fields.zip(row)).map_err(|error| error.of_model(given.model.name))?;
    }
    Ok(NewRows { given })
}

/// Plans an INSERT.
///
/// # Errors
/// A row that could not be read, and `Unsupported` for several rows of nothing where no key is numbered.
pub fn insert<'r>(rows: &'r NewRows, dialect: &Dialect) -> Result<New<'r>> {
    let given = &rows.given;
    complete(given, dialect)?;
    let returns = given.returning && dialect.features().returning;
    let returned = |(index, field)| Returned { field, checked: checked(given, index, field, dialect) };
    let returned = returns.then(|| given.model.fields.iter().enumerate().map(returned).collect());
    let rows = filled(given, dialect)?;
    let numbered = rows.fields().iter().copied().find(|field| field.auto);
    Ok(New { model: given.model, rows, returned, numbered })
}

/// Refuses a row that a table of others would complete with NULL where the model has none: it could not be read.
fn complete(given: &Insert, dialect: &Dialect) -> Result<()> {
    let model = given.model;
    if model.managed {
        return Ok(());
    }
    let left_out = |(index, field): &(usize, &FieldDef)| !field.nullable && !given.fields.contains(index);
    let mut left_out = model.fields.iter().enumerate().filter(left_out).map(|(_, field)| field);
    let refused = left_out.find(|field| dialect.column_facts(model, field).is_some_and(|column| column.left_null));
    let Some(field) = refused else { return Ok(()) };
    Err(SetupMistake::ValueMissing { model: model.name, field: field.name, column: field.column }.into())
}

fn filled<'r>(given: &'r Insert, dialect: &Dialect) -> Result<Rows<'r>> {
    match (given.fields.is_empty(), given.rows.len()) {
        (false, _) => {
            let fields = given.fields.iter().map(|&index| field_at(given.model, index));
            Ok(Rows::Values { fields: fields.collect::<Result<_>>()?, values: &given.rows })
        }
        (true, 1) => Ok(Rows::Default),
        (true, count) => Ok(Rows::Numbered { key: numbered(given.model, dialect)?, count }),
    }
}

/// The key that the database numbers, so that several rows of nothing can be written.
fn numbered(model: &'static ModelDef, dialect: &Dialect) -> Result<&'static FieldDef> {
    model.fields.iter().find(|field| field.auto).ok_or_else(|| {
        let feature = "several rows without columns in one INSERT".to_owned();
        ErrorKind::Unsupported { feature, backend: dialect.name() }.into()
    })
}

/// A number that the database makes is looked at as it comes back, so that nothing is stored if it is past its field: where the
/// column may be wider, and the table has no check of it.
fn checked(given: &Insert, index: usize, field: &FieldDef, dialect: &Dialect) -> Option<Fit> {
    let own = given.model.managed;
    let unchecked = !own || (field.range.is_some() && !dialect.features().checks_on_auto);
    let to = Holds::of(field).filter(|_| unchecked && field.auto && !given.fields.contains(&index))?;
    Some(Fit { from: field.kind, sure: own, to, own, kept: None })
}
