//! What the model knows of a constraint that the database only hinted at.
//!
//! PostgreSQL names constraint, table and columns, MySQL the constraint, SQLite the table and columns, and nothing for a foreign
//! key. The tables that the library makes have names for all of them, so one completes the other.

use std::{iter, ptr};

use super::database::Database;
use super::present::any_row;
use super::referrer::listed;
use crate::ast::{Condition, Connector, LookupOperator, Node, Select};
use crate::error::{Error, ErrorKind, IntegrityKind, RangeLimit, Result};
use crate::model::{Column, FieldDef, ModelDef, Path, Reference};
use crate::schema::{self, Table};
use crate::value::Value;

/// Of the values that are written to columns, by index into the model's fields, those that refer to rows: all that
/// [`explained`] may need.
pub(super) fn references<'v>(
    model: &ModelDef,
    written: impl IntoIterator<Item = (usize, &'v Value)>,
) -> Vec<(usize, Value)> {
    // Most rows refer to none, and each row that is saved is looked at.
    if !model.has_references() {
        return Vec::new();
    }
    written.into_iter().filter(|(index, _)| model.refers(*index)).map(|(index, value)| (index, value.clone())).collect()
}

/// Adds what is missing of the constraint's name, table and columns to an integrity error of a write to the model's table;
/// `written` are the values it wrote that refer to rows, by index into the model's fields.
pub(super) async fn explained(
    database: &Database,
    model: &'static ModelDef,
    written: &[(usize, Value)],
    error: Error,
) -> Error {
    let ErrorKind::Integrity { kind, constraint, table: told, columns } = error.kind().clone() else { return error };
    let Ok(table) = Table::of(model) else { return error };
    let (told, columns) = respelt(&table, told, columns);
    let is_own = told.as_ref().is_none_or(|told| *told == table.name);
    if let (IntegrityKind::Check, Some(name)) = (kind, &constraint)
        && let Some(column) = table.columns.iter().find(|column| schema::length_check(&table, column) == *name)
    {
        // Where the type itself holds the length, the database says so.
        let reason = format!(
            "a text is longer than `{}.{}` takes: shorten it, or raise the `max_length`",
            model.name, column.name
        );
        let column = Some(format!("{}.{}", model.name, column.name));
        return error.with_kind(ErrorKind::OutOfRange { of: RangeLimit::Type, column, reason });
    }
    let (constraint, columns) = match (constraint, kind) {
        (Some(name), _) if columns.is_empty() => {
            let mut columns = if is_own { columns_of(&table, &name) } else { Vec::new() };
            if columns.is_empty() && is_own && kind == IntegrityKind::Unique {
                // One that the model does not have, or has by another name.
                let query = database.dialect().unique_columns_query();
                columns = Box::pin(listed(database, query, &name, model.table)).await.unwrap_or_default();
            }
            (Some(name), columns)
        }
        (None, IntegrityKind::Unique) => (unique_over(&table, &columns).filter(|_| model.managed && is_own), columns),
        (None, IntegrityKind::ForeignKey) if columns.is_empty() => {
            // If the search fails or finds nothing, the error stays as it is.
            let broken = Box::pin(broken_key(database, model, written)).await.ok().flatten();
            // A table that was made elsewhere has names of its own, or none.
            let name = broken.as_ref().filter(|_| model.managed).map(schema::foreign_key_name);
            (name, broken.iter().flat_map(Reference::columns).map(str::to_owned).collect())
        }
        (constraint, _) => (constraint, columns),
    };
    let own = || is_its(&table, constraint.as_deref(), &columns).then(|| model.table.to_owned());
    let table = told.or_else(own);
    error.with_kind(ErrorKind::Integrity { kind, constraint, table, columns })
}

/// The table and columns of a constraint, where the database wrote their names one after the other: those with dots and commas
/// are known again by what the table has.
fn respelt(table: &Table, told: Option<String>, columns: Vec<String>) -> (Option<String>, Vec<String>) {
    let Some(name) = told.as_ref().filter(|_| !columns.is_empty()) else { return (told, columns) };
    if *name == table.name && columns.iter().all(|column| table.column(column).is_some()) {
        return (told, columns);
    }
    let (alone, qualified) = (spelt("", &columns), spelt(&format!("{name}."), &columns));
    let own = format!("{}.", table.name);
    let is_meant =
        |known: &Vec<String>| spelt(&own, known) == qualified || (*name == table.name && spelt("", known) == alone);
    let uniques = table.uniques.iter().map(|unique| unique.columns.clone());
    let keys = table.foreign_keys.iter().map(|key| key.referring().map(str::to_owned).collect());
    let single = table.columns.iter().map(|column| vec![column.name.clone()]);
    let mut known = iter::once(table.primary_key.clone()).chain(uniques).chain(keys).chain(single);
    // A UNIQUE of others that the model does not declare.
    let listed = || {
        let names = qualified.strip_prefix(&own)?.split(&format!(", {own}")).map(str::to_owned).collect::<Vec<_>>();
        Some(names).filter(|names| names.iter().all(|column| table.column(column).is_some()))
    };
    match known.find(is_meant).or_else(listed) {
        Some(known) => (Some(table.name.clone()), known),
        None => (told, columns),
    }
}

/// Names as SQLite writes them, and without a prefix as PostgreSQL does.
fn spelt(prefix: &str, names: &[String]) -> String {
    names.iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ")
}

/// Whether a constraint is one of the table that was written to, by its name or its columns. (A trigger may have written to
/// another.)
fn is_its(table: &Table, constraint: Option<&str>, columns: &[String]) -> bool {
    let is_check = |name| table.checks.iter().any(|check| check.name == name);
    let has_columns = !columns.is_empty() && columns.iter().all(|column| table.column(column).is_some());
    has_columns || constraint.is_some_and(is_check)
}

/// The columns of a constraint of the table; of another table's, none.
fn columns_of(table: &Table, constraint: &str) -> Vec<String> {
    let unique = table.uniques.iter().find(|unique| unique.name == constraint).map(|unique| unique.columns.clone());
    let key = || {
        let key = table.foreign_keys.iter().find(|key| key.name == constraint)?;
        Some(key.referring().map(str::to_owned).collect())
    };
    let check = || {
        table
            .checks
            .iter()
            .find(|check| check.name == constraint)
            .and_then(|check| check.rule.column())
            .map(|column| vec![column.to_owned()])
    };
    let primary = || (constraint == "PRIMARY").then(|| table.primary_key.clone());
    unique.or_else(key).or_else(check).or_else(primary).unwrap_or_default()
}

fn unique_over(table: &Table, columns: &[String]) -> Option<String> {
    table.uniques.iter().find(|unique| unique.columns == columns).map(|unique| unique.name.clone())
}

/// The key that refers to no row, found by looking each of them up.
async fn broken_key(
    database: &Database,
    model: &'static ModelDef,
    written: &[(usize, Value)],
) -> Result<Option<Reference>> {
    for reference in Reference::all(model) {
        let Ok(Some(condition)) = referred_to(&reference, written) else { continue };
        if !any_row(database, Select { condition, ..Select::all(reference.target()) }).await? {
            return Ok(Some(reference));
        }
    }
    Ok(None)
}

/// The condition on the row that a key refers to, as far as what was written tells; none if it refers to none, or may do so.
fn referred_to(reference: &Reference, written: &[(usize, Value)]) -> Result<Option<Condition>> {
    let path = Path::root_of(reference.target());
    let mut condition = Condition::EMPTY;
    for (own, field) in reference.pairs()? {
        match value_of(reference.model, own, written) {
            Some(value) if value.is_null() => return Ok(None),
            Some(value) => {
                let operands = vec![Node::Column(Column { path, field }), Node::Value(value.clone())];
                condition = condition.join(Connector::And, Condition::lookup(LookupOperator::Eq, operands));
            }
            None if own.nullable => return Ok(None),
            None => {}
        }
    }
    Ok(Some(condition).filter(|condition| !condition.is_empty()))
}

fn value_of<'v>(model: &ModelDef, field: &FieldDef, written: &'v [(usize, Value)]) -> Option<&'v Value> {
    let is_its = |index: usize| model.fields.get(index).is_some_and(|other| ptr::eq(other, field));
    written.iter().find(|(index, _)| is_its(*index)).map(|(_, value)| value)
}
