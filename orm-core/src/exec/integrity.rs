//! What the model knows about a violated constraint and the database does not tell.

use crate::error::{Error, ErrorKind, IntegrityKind};
use crate::model::ModelDef;
use crate::schema::{Rule, Table};

/// Adds to an integrity error the columns of a constraint that the database only names, or the name of one that it
/// tells by its columns. Constraints of other tables stay as they are.
pub(super) fn identified(error: Error, model: &'static ModelDef) -> Error {
    let ErrorKind::Integrity { kind, constraint, columns } = error.kind() else { return error };
    let Ok(table) = Table::of(model) else { return error };
    let (kind, mut constraint, mut columns) = (*kind, constraint.clone(), columns.clone());
    match &constraint {
        Some(name) if columns.is_empty() => columns = columns_of(&table, name),
        None if kind == IntegrityKind::Unique => constraint = unique_over(&table, &columns),
        _ => {}
    }
    error.with_kind(ErrorKind::Integrity { kind, constraint, columns })
}

fn columns_of(table: &Table, constraint: &str) -> Vec<String> {
    let unique = table.uniques.iter().find(|unique| unique.name == constraint).map(|unique| unique.columns.clone());
    let key = || table.foreign_keys.iter().find(|key| key.name == constraint).map(|key| vec![key.column.clone()]);
    let check = || table.checks.iter().find(|check| check.name == constraint).and_then(|check| checked(&check.rule));
    unique.or_else(key).or_else(check).unwrap_or_default()
}

/// The column of a check that concerns one alone.
fn checked(rule: &Rule) -> Option<Vec<String>> {
    match rule {
        Rule::Range { column, .. } | Rule::Texts { column, .. } | Rule::Integers { column, .. } => {
            Some(vec![column.clone()])
        }
        Rule::Written(_) => None,
    }
}

fn unique_over(table: &Table, columns: &[String]) -> Option<String> {
    table.uniques.iter().find(|unique| unique.columns == columns).map(|unique| unique.name.clone())
}
