//! The question that a prefetch asks: the rows behind some keys, and which key each of them belongs to.

use std::sync::{Mutex, PoisonError};

use super::tables::field_at;
use crate::ast::{Node, Ordering, Output, Prefetch, Relation, Select, Selected, by_key, column_in, one_of};
use crate::error::{Error, Result};
use crate::model::{Column, FieldDef, Link, ModelDef, Path, RelationKind};
use crate::schema::Pairs;
use crate::value::{Kind, Value};

/// The related rows of a prefetch.
#[derive(Debug)]
pub struct Children {
    /// The query for them.
    pub select: Select,
    /// What each row is told by.
    pub told_by: ToldBy,
}

/// How a related row tells to which of the keys it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// By its own primary key.
    Itself,
    /// By a foreign key of its own.
    Key(Link),
    /// By a column that follows it.
    Next,
}

impl Children {
    /// The related rows of some keys: for a foreign key its own values, else primary keys of the rows that have the
    /// relation. `rows`: for each key the primary key of a row that has it, if [`is_joined`](Self::is_joined).
    ///
    /// # Errors
    /// `Configuration` if nothing can refer to a model, or the pairs of a relation are not to be found.
    pub fn of(prefetch: &Prefetch, keys: Vec<Value>, rows: &[Vec<Value>]) -> Result<Self> {
        let target = prefetch.query.model;
        let joined = Self::is_joined(prefetch)?;
        match foreign_key(prefetch)? {
            Foreign::Of(key) if joined => behind(key, target, rows),
            Foreign::Of(_) => referred_to(target, keys),
            Foreign::To(key, _) if joined => Ok(joined_to(Path::root_of(target), own_key(key, prefetch.model)?, keys)),
            Foreign::To(key, index) => Ok(referring(key, index, keys)),
            Foreign::Pair(pairs) if joined => Ok(joined_to(pairs.row, own_key(pairs.source, prefetch.model)?, keys)),
            Foreign::Pair(pairs) => Ok(joined_to(pairs.row, pairs.source, keys)),
        }
    }

    /// Tells whether keys of the relation may be equal that are not spelled alike: texts in a table of others, or of a
    /// collation of their own. Only a join tells which.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn is_joined(prefetch: &Prefetch) -> Result<bool> {
        let (key, target) = match foreign_key(prefetch)? {
            Foreign::Of(key) => (key, prefetch.query.model),
            Foreign::To(key, _) => (key, prefetch.model),
            Foreign::Pair(pairs) => (pairs.source, prefetch.model),
        };
        Ok(key.field.kind == Kind::Text
            && (key.field.may_be_spelled_otherwise(key.path.model)
                || target.single_key()?.may_be_spelled_otherwise(target)))
    }
}

/// The foreign key of a relation.
enum Foreign {
    /// Of the rows that have the relation.
    Of(Column),
    /// Of the related rows, and which of their fields it is.
    To(Column, usize),
    /// Of pairs, to the rows that have the relation.
    Pair(&'static Pairs),
}

fn foreign_key(prefetch: &Prefetch) -> Result<Foreign> {
    let relation = match prefetch.relation {
        Relation::One(field) => return Ok(Foreign::Of(Column { path: Path::root_of(prefetch.model), field })),
        Relation::Many(relation) => relation,
    };
    prefetch.model.single_key()?;
    let RelationKind::HasMany { field } = relation.kind else {
        return Pairs::of(prefetch.model, relation).map(Foreign::Pair);
    };
    let target = prefetch.query.model;
    let index = target.fields.iter().position(|other| other.field.unwrap_or(other.name) == field);
    let index = index.ok_or_else(|| Error::query(format!("`{}` has no field `{field}`", target.name)))?;
    Ok(Foreign::To(Column { path: Path::root_of(target), field: field_at(target, index)? }, index))
}

/// The rows of these keys, in no order: at most one belongs to each.
fn referred_to(target: &'static ModelDef, keys: Vec<Value>) -> Result<Children> {
    let key = Column { path: Path::root_of(target), field: target.single_key()? };
    let select = Select { condition: column_in(key, Ok(keys)), order: Some(Vec::new()), ..Select::all(target) };
    Ok(Children { select, told_by: ToldBy::Itself })
}

/// The rows behind the foreign key of some rows, each with that foreign key.
fn behind(key: Column, target: &'static ModelDef, rows: &[Vec<Value>]) -> Result<Children> {
    let row = own_key(key, target)?.path;
    let select = Select {
        selected: with_key(row, key),
        condition: one_of(key.path, rows),
        present: Some(row),
        order: Some(Vec::new()),
        ..Select::all(key.path.model)
    };
    Ok(Children { select, told_by: ToldBy::Next })
}

/// The rows whose foreign key is one of these keys.
fn referring(key: Column, index: usize, keys: Vec<Value>) -> Children {
    let order = Some(order_at(key.path));
    let select = Select { condition: column_in(key, Ok(keys)), order, ..Select::all(key.path.model) };
    Children { select, told_by: ToldBy::Key(Link::One(index)) }
}

/// The rows at a path that have one of these keys in a column beside them, each with that key.
fn joined_to(row: &'static Path, key: Column, keys: Vec<Value>) -> Children {
    let root = std::iter::successors(Some(row), |path| path.step.map(|(before, _)| before)).last().unwrap_or(row);
    let select = Select {
        selected: with_key(row, key),
        condition: column_in(key, Ok(keys)),
        present: Some(row),
        order: Some(order_at(row)),
        ..Select::all(root.model)
    };
    Children { select, told_by: ToldBy::Next }
}

fn with_key(row: &'static Path, key: Column) -> Selected {
    Selected::Outputs([Output::Row(row), Output::Node(Node::Column(key))].into())
}

/// The key of the row that a foreign key refers to, as that row has it: not the foreign key in its place. Leaked once per
/// foreign key.
fn own_key(foreign: Column, target: &'static ModelDef) -> Result<Column> {
    static KNOWN: Mutex<Vec<(Column, Column)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, own)) = known.iter().find(|(key, _)| *key == foreign) {
        return Ok(*own);
    }
    // A primary key behind a foreign key would be taken for the foreign key.
    let field = Box::leak(Box::new(FieldDef { primary_key: false, ..*target.single_key()? }));
    let own = Column { path: foreign.path.then(foreign.field, target), field };
    known.push((foreign, own));
    Ok(own)
}

/// The order of the model at a path, else that of its keys.
fn order_at(path: &'static Path) -> Vec<Ordering> {
    let model = path.model;
    let own = model.ordering.iter().filter_map(|term| {
        let node = Node::Column(Column { path, field: model.fields.get(term.field)? });
        Some(Ordering { node, descending: term.descending, nulls: None })
    });
    let own: Vec<Ordering> = own.collect();
    if own.is_empty() { by_key(path) } else { own }
}
