//! What the model knows of a constraint that the database only hinted at.
//!
//! PostgreSQL names constraint and columns, MySQL the constraint, SQLite the columns, and nothing for a foreign key. The
//! tables that the library makes have names for all of them, so one completes the other.

use super::database::Database;
use crate::compiler;
use crate::error::{Error, ErrorKind, IntegrityKind, Result};
use crate::expr::{Condition, LookupOperator, Node};
use crate::model::{Column, FieldDef, ForeignKeyDef, ModelDef, Path};
use crate::query::Select;
use crate::row::{Decoder, RowReader, Shape};
use crate::schema::Table;
use crate::value::Value;
use std::sync::Arc;

/// Adds what is missing of the constraint's name and columns to an integrity error of a write to the model's table;
/// `written` are the values it wrote, by index into the model's fields.
pub(super) async fn explained(
    database: &Database,
    model: &'static ModelDef,
    written: &[(usize, Value)],
    error: Error,
) -> Error {
    let ErrorKind::Integrity { kind, constraint, columns } = error.kind().clone() else { return error };
    let Ok(table) = Table::of(model) else { return error };
    let (constraint, columns) = match (kind, &constraint, columns.is_empty()) {
        (IntegrityKind::Unique, ..) => unique(&table, constraint, columns),
        (IntegrityKind::ForeignKey, None, true) => match broken_key(database, model, written).await {
            Ok(Some(column)) => foreign_key(&table, None, vec![column.to_owned()]),
            // Nothing was found, or the search itself failed: the error stays as it is.
            _ => (constraint, columns),
        },
        (IntegrityKind::ForeignKey, ..) => foreign_key(&table, constraint, columns),
        _ => (constraint, columns),
    };
    error.with_kind(ErrorKind::Integrity { kind, constraint, columns })
}

type Named = (Option<String>, Vec<String>);

fn unique(table: &Table, constraint: Option<String>, columns: Vec<String>) -> Named {
    let is_key = columns == table.primary_key
        || constraint.as_deref().is_some_and(|name| name == "PRIMARY" || name == format!("{}_pkey", table.name));
    if is_key {
        return (constraint, table.primary_key.clone());
    }
    let known = table.uniques.iter().find(|unique| match &constraint {
        Some(name) => unique.name == *name,
        None => unique.columns == columns,
    });
    match known {
        Some(unique) => (Some(unique.name.clone()), unique.columns.clone()),
        None => (constraint, columns),
    }
}

fn foreign_key(table: &Table, constraint: Option<String>, columns: Vec<String>) -> Named {
    let known = table.foreign_keys.iter().find(|key| match &constraint {
        Some(name) => key.name == *name,
        None => columns.len() == 1 && columns.contains(&key.column),
    });
    match known {
        Some(key) => (Some(key.name.clone()), vec![key.column.clone()]),
        None => (constraint, columns),
    }
}

/// The column whose key refers to no row, found by looking each of them up.
async fn broken_key(
    database: &Database,
    model: &'static ModelDef,
    written: &[(usize, Value)],
) -> Result<Option<&'static str>> {
    for (index, value) in written.iter().filter(|(_, value)| !value.is_null()) {
        let Some(field @ FieldDef { foreign_key: Some(key), .. }) = model.fields.get(*index) else { continue };
        if !refers_to_a_row(database, key, value.clone()).await? {
            return Ok(Some(field.column));
        }
    }
    Ok(None)
}

async fn refers_to_a_row(database: &Database, key: &ForeignKeyDef, value: Value) -> Result<bool> {
    let target = (key.target)();
    let Some(field) = target.key_fields().next() else { return Ok(true) };
    let mut query = Select::all(target);
    let column = Node::Column(Column { path: Path::root_of(target), field });
    query.condition = Condition::lookup(LookupOperator::Eq, vec![column, Node::Value(value)]);
    let Some(statement) = compiler::exists(&query, database.dialect())? else { return Ok(false) };
    let found = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| row.read::<i64>(), Arc::default());
    Ok(!database.fetch(statement, found).await?.is_empty())
}
