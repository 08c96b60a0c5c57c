//! What the model knows of the foreign key that kept rows from being deleted.
//!
//! PostgreSQL names the constraint and its table, MySQL its column too, SQLite nothing. The relations of the model tell which
//! tables refer to it, and a query of each whether it refers to one of the rows.

use std::ptr;

use super::database::Database;
use super::integrity::any_row;
use crate::ast::{Condition, Connector, Select, Update};
use crate::error::{Error, ErrorKind, IntegrityKind, Result};
use crate::model::{ModelDef, OnDelete, Path, Reference, RelationKind};
use crate::schema::{Pairs, foreign_key_name};

/// A foreign key that leads to a model: to its rows, or to those that are deleted with them.
#[derive(Clone)]
struct Referrer {
    reference: Reference,
    /// The way from a row that refers to the row of the model; none if a key of several columns is on it, which no query follows.
    path: Option<&'static Path>,
}

/// Adds what is missing of the constraint's name, table and column to the error of a DELETE of a model's rows, which are those of
/// the condition.
pub(super) async fn kept(database: &Database, model: &'static ModelDef, condition: &Condition, error: Error) -> Error {
    let referrers = || referrers(model).into_iter();
    match constraint_of(&error) {
        Broken::Other => error,
        Broken::Named(name) => completed(error, referrers().find(|referrer| referrer.name().as_ref() == Some(&name))),
        Broken::Unnamed => {
            let found = referring(database, referrers().filter(Referrer::keeps).collect(), condition);
            // If the search fails or finds nothing, the error stays as it is.
            let found = Box::pin(found).await.ok().flatten();
            completed(error, found)
        }
    }
}

/// Adds the same to the error of an UPDATE, where what was written did not tell: the new value was an expression, or rows refer to
/// the old one.
pub(super) async fn moved(database: &Database, update: &Update, error: Error) -> Error {
    let model = update.model;
    let fields = || update.assignments.iter().filter_map(|(index, _)| model.fields.get(*index));
    let assigned = |column: &str| fields().any(|field| field.column == column);
    let referrers = || keys_to(model).into_iter();
    match constraint_of(&error) {
        Broken::Other => error,
        Broken::Named(name) => completed(error, referrers().find(|referrer| referrer.name().as_ref() == Some(&name))),
        Broken::Unnamed if model.key_fields().any(|key| assigned(key.column)) => {
            let found = Box::pin(referring(database, referrers().collect(), &update.condition)).await.ok().flatten();
            completed(error, found)
        }
        Broken::Unnamed => {
            let mut broken = Reference::all(model).filter(|reference| reference.columns().any(assigned));
            let only = broken.next().filter(|_| broken.next().is_none());
            completed(error, only.map(|reference| Referrer { path: None, reference }))
        }
    }
}

/// Which foreign key an error is about.
enum Broken {
    /// None, or its columns are known.
    Other,
    Named(String),
    Unnamed,
}

fn constraint_of(error: &Error) -> Broken {
    match error.kind() {
        ErrorKind::Integrity { kind: IntegrityKind::ForeignKey, constraint, columns, .. } if columns.is_empty() => {
            constraint.clone().map_or(Broken::Unnamed, Broken::Named)
        }
        _ => Broken::Other,
    }
}

fn completed(error: Error, found: Option<Referrer>) -> Error {
    let (Some(found), ErrorKind::Integrity { kind, constraint, table, .. }) = (found, error.kind().clone()) else {
        return error;
    };
    let constraint = constraint.or_else(|| found.name());
    let columns = found.reference.columns().map(str::to_owned).collect();
    let table = table.or_else(|| Some(found.reference.model.table.to_owned()));
    error.with_kind(ErrorKind::Integrity { kind, constraint, table, columns })
}

/// The first of the keys that refers to one of the rows, of those that may keep it.
async fn referring(database: &Database, referrers: Vec<Referrer>, condition: &Condition) -> Result<Option<Referrer>> {
    for referrer in referrers {
        let Some(path) = referrer.path else { continue };
        if any_row(database, referrer.rows(path, condition)).await? {
            return Ok(Some(referrer));
        }
    }
    Ok(None)
}

/// The foreign keys that lead to a model, the nearest first: those to it, and those to rows that are deleted with its rows.
fn referrers(model: &'static ModelDef) -> Vec<Referrer> {
    let mut found = keys_to(model);
    let mut next = 0;
    while let Some(near) = found.get(next).cloned() {
        next += 1;
        if near.cascades() {
            for far in keys_to(near.reference.model) {
                if !found.iter().any(|known| ptr::eq(known.reference.key, far.reference.key)) {
                    let path = near.path.zip(far.path).map(|(near, far)| near.behind(far));
                    found.push(Referrer { path, ..far });
                }
            }
        }
    }
    found
}

/// The foreign keys to a model that it knows of: its own, and those behind its relations.
fn keys_to(model: &'static ModelDef) -> Vec<Referrer> {
    let own = Reference::all(model).filter(|reference| reference.target() == model);
    let others = model.relations.iter().filter_map(|relation| match relation.kind {
        RelationKind::HasMany { field } => Reference::named((relation.target)(), field),
        RelationKind::ManyToMany { .. } => {
            let source = Pairs::of(model, relation).ok()?.source;
            Reference::named(source.path.model, source.field.name)
        }
    });
    own.chain(others).map(|reference| Referrer { path: path_of(&reference), reference }).collect()
}

fn path_of(reference: &Reference) -> Option<&'static Path> {
    let [field] = *reference.fields else { return None };
    Some(Path::root_of(reference.model).then(field, reference.target()))
}

impl Referrer {
    /// The name of the constraint, if the library made it.
    fn name(&self) -> Option<String> {
        self.reference.model.managed.then(|| foreign_key_name(&self.reference))
    }

    /// Whether rows that refer by it are deleted with the others.
    fn cascades(&self) -> bool {
        self.reference.key.on_delete == OnDelete::Cascade
    }

    /// Whether a row that refers by it keeps the other from being deleted. (A table that was made elsewhere may have
    /// another rule than its model.)
    fn keeps(&self) -> bool {
        let Reference { model, key, .. } = &self.reference;
        !model.managed || !matches!(key.on_delete, OnDelete::Cascade | OnDelete::SetNull)
    }

    /// The rows that refer by it to rows of a condition. Where they are rows of the same table, such as go with the others keep
    /// none, unless their rule is to.
    fn rows(&self, path: &'static Path, condition: &Condition) -> Select {
        let Reference { model, key, .. } = self.reference;
        let mut refers = condition.behind(path);
        if model == path.model && key.on_delete == OnDelete::DoNothing {
            let stays = if condition.is_empty() { Condition::constant(false) } else { condition.clone().negate() };
            refers = refers.join(Connector::And, stays);
        }
        Select { condition: refers, present: Some(path), ..Select::all(model) }
    }
}
