//! The pairs behind a many-to-many relation as a model, so that a query can be put to them.

use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::table::JoinTable;
use crate::error::{Error, Result};
use crate::model::{Column, FieldDef, ModelDef, Path, RelationDef, RelationKind};

/// Where the two rows of a pair stand in a query of the pairs.
#[derive(Debug)]
pub struct Pairs {
    /// The key of the row that has the relation.
    pub source: Column,
    /// The related row.
    pub row: &'static Path,
}

impl Pairs {
    /// The pairs of a relation of `model`, in either direction; leaked once per relation.
    ///
    /// # Errors
    /// `Configuration` if the two keys are not to be found.
    pub fn of(model: &'static ModelDef, relation: &'static RelationDef) -> Result<&'static Self> {
        static KNOWN: Mutex<Vec<(&'static RelationDef, &'static Pairs)>> = Mutex::new(Vec::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pairs)) = known.iter().find(|(other, _)| ptr::eq(*other, relation)) {
            return Ok(pairs);
        }
        let pairs: &'static Self = Box::leak(Box::new(Self::find(model, relation)?));
        known.push((relation, pairs));
        Ok(pairs)
    }

    fn find(model: &'static ModelDef, relation: &'static RelationDef) -> Result<Self> {
        let target = (relation.target)();
        let (pairs, source, other) = match relation.kind {
            RelationKind::ManyToMany { reverse_of: Some(forward), .. } => {
                let forward = target.relation(forward).ok_or_else(|| no_pairs(model, relation))?;
                let (pairs, source, other) = keys(target, forward)?;
                (pairs, other, source)
            }
            _ => keys(model, relation)?,
        };
        let path = Path::root_of(pairs);
        // Half a pair is none: the row at its other end is always there.
        let other = Box::leak(Box::new(FieldDef { nullable: false, ..*other }));
        Ok(Self { source: Column { path, field: source }, row: path.then(other, target) })
    }
}

/// The pairs of a relation declared by `model`, and their keys: to that model, and to the other.
type Keys = (&'static ModelDef, &'static FieldDef, &'static FieldDef);

fn keys(model: &'static ModelDef, relation: &'static RelationDef) -> Result<Keys> {
    let pairs = match (relation.kind, JoinTable::of(model, relation)) {
        (RelationKind::ManyToMany { through: Some(through), .. }, _) => return keys_among(through(), model, relation),
        (_, Some(table)) => pairs_of(table, model, (relation.target)())?,
        _ => return Err(no_pairs(model, relation)),
    };
    match pairs.fields {
        [source, other] => Ok((pairs, source, other)),
        _ => Err(no_pairs(model, relation)),
    }
}

/// The one key to each side among the fields of the pairs; of a model paired with itself, the two in their order.
fn keys_among(pairs: &'static ModelDef, model: &'static ModelDef, relation: &'static RelationDef) -> Result<Keys> {
    let target = (relation.target)();
    let mut sources = references(pairs, model);
    let mut others = references(pairs, target);
    let source = sources.next();
    let other = if model == target { sources.next() } else { others.next() };
    let more = sources.next().or(if model == target { None } else { others.next() });
    match (source, other, more) {
        (Some(source), Some(other), None) => Ok((pairs, source, other)),
        _ => Err(Error::configuration(format!(
            "`{}` cannot be the pairs of `{}.{}`: it needs one foreign key to `{}` and one to `{}`, and no more",
            pairs.name, model.name, relation.name, model.name, target.name
        ))),
    }
}

fn references(pairs: &'static ModelDef, target: &'static ModelDef) -> impl Iterator<Item = &'static FieldDef> {
    pairs.fields.iter().filter(move |field| field.foreign_key.is_some_and(|key| (key.target)() == target))
}

/// A table of pairs as a model: its two columns, which are its key.
fn pairs_of(table: JoinTable, source: &'static ModelDef, target: &'static ModelDef) -> Result<&'static ModelDef> {
    let JoinTable { name, from, to, .. } = table;
    let fields = vec![key_to(from, source)?, key_to(to, target)?];
    let name: &'static str = name.leak();
    Ok(Box::leak(Box::new(ModelDef {
        name,
        table: name,
        fields: fields.leak(),
        primary_key: &[0, 1],
        ..ModelDef::PLAIN
    })))
}

fn key_to(column: String, target: &'static ModelDef) -> Result<FieldDef> {
    let column: &'static str = column.leak();
    Ok(FieldDef { name: column, column, kind: target.single_key()?.kind, primary_key: true, ..FieldDef::PLAIN })
}

fn no_pairs(model: &ModelDef, relation: &RelationDef) -> Error {
    Error::configuration(format!("`{}.{}` is no relation by pairs", model.name, relation.name))
}
