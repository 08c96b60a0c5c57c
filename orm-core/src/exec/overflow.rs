//! What the model knows of a number that was past its column: which fields were computed, and whose keys are used up.

use crate::ast::{Node, Part, Update};
use crate::dialect::{Dialect, Holds};
use crate::driver::keys_used_up;
use crate::error::{Error, ErrorKind, IntegrityKind, RangeLimit};
use crate::model::{FieldDef, ModelDef};
use crate::schema::Table;
use crate::value::Kind;

/// Names the fields that were computed, if an expression gave what does not fit: the one whose column the database names, or all.
/// An error of a document tells what it is, and one of a value that is not read where it is.
pub(super) fn computed(update: &Update, error: Error) -> Error {
    let is_told = match error.kind() {
        ErrorKind::OutOfRange { of: RangeLimit::Document | RangeLimit::Stored, .. } => true,
        ErrorKind::OutOfRange { .. } => false,
        _ => true,
    };
    if error.is_unsent() || is_told {
        return error;
    }
    let told = told(error.kind());
    let assigned = update.assignments.iter().filter(|(_, node)| !matches!(node, Node::Value(_)));
    let fields = assigned.filter_map(|(index, _)| update.model.fields.get(*index));
    let fields: Vec<&FieldDef> = fields.filter(|field| told.is_none_or(|column| field.column == column)).collect();
    let may_be_filter = told.is_none() && update.condition.walk().any(|part| matches!(part, Part::Node(Node::Call(_))));
    let column = match fields[..] {
        [] => return error,
        [field] if !may_be_filter => Some(format!("{}.{}", update.model.name, field.name)),
        _ => None,
    };
    let given: Vec<String> = fields.into_iter().map(|field| given(update.model, field)).collect();
    let or = if may_be_filter { " (or an expression in the filter is past 64 bits)" } else { "" };
    let reason = format!("{} for some row{or}", given.join(", or "));
    error.with_kind(ErrorKind::OutOfRange { of: RangeLimit::Type, column, reason })
}

/// What an expression gave that its field does not hold.
fn given(model: &ModelDef, field: &FieldDef) -> String {
    let what = Holds::of(field).map_or_else(|| "a value past its type".to_owned(), |holds| holds.to_string());
    format!("`{}.{}`: the expression gives {what}", model.name, field.name)
}

/// The column that the error of a number names.
fn told(kind: &ErrorKind) -> Option<&str> {
    match kind {
        ErrorKind::OutOfRange { column, .. } => column.as_deref(),
        _ => None,
    }
}

/// Names the column whose automatic keys are used up, if that is the error: a key that is given has the type of its column, so
/// only a number that the database made is past its range.
pub(super) fn unnumbered(
    model: &'static ModelDef,
    numbered: Option<&FieldDef>,
    dialect: &Dialect,
    error: Error,
) -> Error {
    let Some(key) = numbered else { return error };
    let is_narrow = key.range.is_some() || key.kind != Kind::I64;
    // Where the table has no check of a number, the INSERT computes with it so that one past its field is an error.
    let is_computed_with = is_narrow && (!model.managed || !dialect.features().checks_on_auto);
    let is_used_up = match error.kind() {
        ErrorKind::Integrity { kind: IntegrityKind::Check, constraint: Some(name), .. } => {
            Table::of(model).is_ok_and(|table| {
                let mut ranges = table.checks.iter().cloned().chain(table.key_check());
                ranges.any(|check| check.name == *name && check.rule.column() == Some(key.column))
            })
        }
        ErrorKind::OutOfRange { of, .. } => {
            *of == RangeLimit::Keys || (is_computed_with && *of == RangeLimit::Arithmetic)
        }
        _ => false,
    };
    if is_used_up { error.with_kind(keys_used_up(&format!("`{}.{}`", model.name, key.name))) } else { error }
}
