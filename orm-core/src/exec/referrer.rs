//! What the model knows of the foreign key that kept rows from being deleted.
//!
//! PostgreSQL names the constraint, MySQL the constraint and its column, SQLite nothing. The relations of the model tell
//! which tables refer to it, and a query of each whether it refers to one of the rows.

use std::ptr;

use super::database::Database;
use super::integrity::any_row;
use crate::ast::{Condition, Connector, Select};
use crate::error::{Error, ErrorKind, IntegrityKind, Result};
use crate::model::{FieldDef, ModelDef, OnDelete, Path, RelationKind};
use crate::schema::{Pairs, constraint_name};

/// A foreign key that leads to a model: to its rows, or to those that are deleted with them.
#[derive(Clone, Copy)]
struct Referrer {
    model: &'static ModelDef,
    field: &'static FieldDef,
    /// The way from a row that refers to the row of the model.
    path: &'static Path,
}

/// Adds what is missing of the constraint's name and column to the error of a DELETE of a model's rows, which are those of
/// the condition.
pub(super) async fn kept(database: &Database, model: &'static ModelDef, condition: &Condition, error: Error) -> Error {
    let ErrorKind::Integrity { kind: kind @ IntegrityKind::ForeignKey, constraint, columns } = error.kind().clone()
    else {
        return error;
    };
    let referrers = referrers(model);
    let found = match &constraint {
        Some(name) => referrers.into_iter().find(|referrer| referrer.name().as_ref() == Some(name)),
        // If the search fails or finds nothing, the error stays as it is.
        None => Box::pin(referring(database, referrers, condition)).await.ok().flatten(),
    };
    let Some(found) = found else { return error };
    let constraint = constraint.or_else(|| found.name());
    let columns = if columns.is_empty() { vec![found.field.column.to_owned()] } else { columns };
    error.with_kind(ErrorKind::Integrity { kind, constraint, columns })
}

/// The first of the keys that refers to one of the rows, of those that would keep it.
async fn referring(database: &Database, referrers: Vec<Referrer>, condition: &Condition) -> Result<Option<Referrer>> {
    for referrer in referrers.into_iter().filter(Referrer::keeps) {
        if any_row(database, referrer.rows(condition)).await? {
            return Ok(Some(referrer));
        }
    }
    Ok(None)
}

/// The foreign keys that lead to a model, the nearest first: those to it, and those to rows that are deleted with its rows.
fn referrers(model: &'static ModelDef) -> Vec<Referrer> {
    let mut found = keys_to(model);
    let mut next = 0;
    while let Some(near) = found.get(next).copied() {
        next += 1;
        if near.cascades() {
            for far in keys_to(near.model) {
                if !found.iter().any(|known| ptr::eq(known.field, far.field)) {
                    found.push(Referrer { path: near.path.behind(far.path), ..far });
                }
            }
        }
    }
    found
}

/// The foreign keys to a model that it knows of: its own, and those behind its relations.
fn keys_to(model: &'static ModelDef) -> Vec<Referrer> {
    let key = |from: &'static ModelDef, field: &'static FieldDef| {
        field.foreign_key.is_some().then(|| Referrer {
            model: from,
            field,
            path: Path::root_of(from).then(field, model),
        })
    };
    let refers = |field: &&FieldDef| field.foreign_key.is_some_and(|key| (key.target)() == model);
    let own = model.fields.iter().filter(refers).filter_map(|field| key(model, field));
    let others = model.relations.iter().filter_map(|relation| match relation.kind {
        RelationKind::HasMany { field } => {
            let other = (relation.target)();
            other.field(field).and_then(|field| key(other, field))
        }
        RelationKind::ManyToMany { .. } => {
            let source = Pairs::of(model, relation).ok()?.source;
            key(source.path.model, source.field)
        }
    });
    own.chain(others).collect()
}

impl Referrer {
    /// The name of the constraint, if the library made it.
    fn name(&self) -> Option<String> {
        self.model.managed.then(|| constraint_name(self.model.table, &[self.field.column], "fk"))
    }

    fn on_delete(&self) -> Option<OnDelete> {
        self.field.foreign_key.as_ref().map(|key| key.on_delete)
    }

    /// Whether rows that refer by it are deleted with the others.
    fn cascades(&self) -> bool {
        self.on_delete() == Some(OnDelete::Cascade)
    }

    /// Whether a row that refers by it keeps the other from being deleted. (A table that was made elsewhere may have
    /// another rule than its model.)
    fn keeps(&self) -> bool {
        !self.model.managed || !matches!(self.on_delete(), Some(OnDelete::Cascade | OnDelete::SetNull))
    }

    /// The rows that refer by it to rows of a condition. Where they are rows of the same table, such as go with the others keep
    /// none, unless their rule is to.
    fn rows(&self, condition: &Condition) -> Select {
        let mut refers = condition.behind(self.path);
        if self.model == self.path.model && self.on_delete() == Some(OnDelete::DoNothing) {
            let stays = if condition.is_empty() { Condition::constant(false) } else { condition.clone().negate() };
            refers = refers.join(Connector::And, stays);
        }
        Select { condition: refers, present: Some(self.path), ..Select::all(self.model) }
    }
}
