//! The pairs behind a many-to-many relation as a model, so that a query can be put to them.

use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::table::JoinTable;
use crate::error::{Error, Result, SetupMistake};
use crate::model::{Column, FieldDef, ModelDef, Path, RelationDef, RelationKind};
use crate::value::Kind;

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
    if let RelationKind::ManyToMany { through: Some(through), .. } = relation.kind {
        return keys_among(through(), model, relation);
    }
    let table = JoinTable::of(model, relation).ok_or_else(|| no_pairs(model, relation))?;
    keys_of(table, model, (relation.target)())
}

/// The keys among the fields of a model of pairs: one to each side; of a model paired with itself, two in their order.
fn keys_among(pairs: &'static ModelDef, model: &'static ModelDef, relation: &'static RelationDef) -> Result<Keys> {
    let target = (relation.target)();
    match (&*references(pairs, model), &*references(pairs, target)) {
        ([source, other], _) if model == target => Ok((pairs, source, other)),
        ([source], [other]) if model != target => Ok((pairs, source, other)),
        _ => {
            let fault = format!(
                "cannot have the pairs of `{}`: that needs one foreign key to `{}` and one to `{}`, and no more",
                pairs.name, model.name, target.name
            );
            Err(SetupMistake::Relation { model: model.name, relation: relation.name, fault }.into())
        }
    }
}

fn references(pairs: &'static ModelDef, target: &'static ModelDef) -> Vec<&'static FieldDef> {
    let refers = |field: &&FieldDef| field.foreign_key.is_some_and(|key| (key.target)() == target);
    pairs.fields.iter().filter(refers).collect()
}

/// The two columns of a table of pairs, which is given a model.
fn keys_of(table: JoinTable, source: &'static ModelDef, target: &'static ModelDef) -> Result<Keys> {
    let kinds = [source.single_key()?.kind, target.single_key()?.kind];
    let JoinTable { name, from, to, .. } = table;
    let name: &'static str = name.leak();
    let fields: &'static [FieldDef; 2] = Box::leak(Box::new([key(from, kinds[0]), key(to, kinds[1])]));
    let (schema, managed) = (source.schema, source.managed);
    let pairs = ModelDef { name, table: name, schema, managed, fields, primary_key: &[0, 1], ..ModelDef::PLAIN };
    Ok((Box::leak(Box::new(pairs)), &fields[0], &fields[1]))
}

fn key(column: String, kind: Kind) -> FieldDef {
    let column: &'static str = column.leak();
    FieldDef { name: column, column, kind, primary_key: true, ..FieldDef::PLAIN }
}

fn no_pairs(model: &ModelDef, relation: &RelationDef) -> Error {
    let fault = "is no relation by pairs".to_owned();
    SetupMistake::Relation { model: model.name, relation: relation.name, fault }.into()
}
