//! What the model knows of the foreign key that kept a row from being deleted.
//!
//! PostgreSQL names the constraint, MySQL the constraint and its column, SQLite nothing. The relations of the model tell
//! which tables refer to it.

use super::database::Database;
use super::integrity::any_row;
use crate::error::{Error, ErrorKind, IntegrityKind, Result};
use crate::model::{FieldDef, ModelDef, OnDelete, RelationKind};
use crate::schema::{Pairs, constraint_name};
use crate::value::Value;

/// A foreign key to a model.
#[derive(Clone, Copy)]
struct Referrer {
    model: &'static ModelDef,
    field: &'static FieldDef,
}

/// Adds what is missing of the constraint's name and column to the error of a DELETE of a model's rows; `key` is the
/// key of the row, if it was one.
pub(super) async fn kept(database: &Database, model: &'static ModelDef, key: &[Value], error: Error) -> Error {
    let ErrorKind::Integrity { kind: kind @ IntegrityKind::ForeignKey, constraint, columns } = error.kind().clone()
    else {
        return error;
    };
    let referrers = referrers(model);
    let found = match (&constraint, key) {
        (Some(name), _) => referrers.into_iter().find(|referrer| referrer.name().as_ref() == Some(name)),
        // If the search fails or finds nothing, the error stays as it is.
        (None, [key]) => Box::pin(referring(database, referrers, key)).await.ok().flatten(),
        _ => None,
    };
    let Some(found) = found else { return error };
    let constraint = constraint.or_else(|| found.name());
    let columns = if columns.is_empty() { vec![found.field.column.to_owned()] } else { columns };
    error.with_kind(ErrorKind::Integrity { kind, constraint, columns })
}

/// The first of the keys that refers to a row, of those that would keep it.
async fn referring(database: &Database, referrers: Vec<Referrer>, key: &Value) -> Result<Option<Referrer>> {
    for referrer in referrers.into_iter().filter(Referrer::keeps) {
        if any_row(database, referrer.model, referrer.field, key.clone()).await? {
            return Ok(Some(referrer));
        }
    }
    Ok(None)
}

/// The foreign keys to a model that it knows of: its own, and those behind its relations.
fn referrers(model: &'static ModelDef) -> Vec<Referrer> {
    let refers = |field: &&FieldDef| field.foreign_key.is_some_and(|key| (key.target)() == model);
    let own = model.fields.iter().filter(refers).map(|field| Referrer { model, field });
    let others = model.relations.iter().filter_map(|relation| match relation.kind {
        RelationKind::HasMany { field } => {
            let other = (relation.target)();
            other.field(field).map(|field| Referrer { model: other, field })
        }
        RelationKind::ManyToMany { .. } => {
            let source = Pairs::of(model, relation).ok()?.source;
            Some(Referrer { model: source.path.model, field: source.field })
        }
    });
    own.chain(others).filter(|referrer| referrer.field.foreign_key.is_some()).collect()
}

impl Referrer {
    /// The name of the constraint, if the library made it.
    fn name(&self) -> Option<String> {
        self.model.managed.then(|| constraint_name(self.model.table, &[self.field.column], "fk"))
    }

    /// Whether a row that refers by it keeps the other from being deleted. (A table that was made elsewhere may have
    /// another rule than its model.)
    fn keeps(&self) -> bool {
        let rule = self.field.foreign_key.as_ref().map(|key| key.on_delete);
        !self.model.managed || !matches!(rule, Some(OnDelete::Cascade | OnDelete::SetNull))
    }
}
