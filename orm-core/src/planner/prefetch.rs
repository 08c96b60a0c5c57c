//! The question that a prefetch asks: the rows behind some keys, and which key each of them belongs to.

use super::join::field_at;
use crate::error::{Error, Result};
use crate::expr::{Node, Ordering, Output, by_key, column_in};
use crate::model::{Column, Link, ModelDef, Path, RelationKind};
use crate::query::{Prefetch, Relation, Select, Selected};
use crate::schema::Pairs;
use crate::value::Value;

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
    /// relation.
    ///
    /// # Errors
    /// `Configuration` if nothing can refer to a model, or the pairs of a relation are not to be found.
    pub fn of(prefetch: &Prefetch, keys: Vec<Value>) -> Result<Self> {
        let target = prefetch.query.model;
        let relation = match prefetch.relation {
            Relation::One(_) => return referred_to(target, keys),
            Relation::Many(relation) => relation,
        };
        prefetch.model.single_key()?;
        match relation.kind {
            RelationKind::HasMany { field } => referring(target, field, keys),
            RelationKind::ManyToMany { .. } => Ok(paired(Pairs::of(prefetch.model, relation)?, keys)),
        }
    }
}

/// The rows of these keys, in no order: at most one belongs to each.
fn referred_to(target: &'static ModelDef, keys: Vec<Value>) -> Result<Children> {
    let key = Column { path: Path::root_of(target), field: target.single_key()? };
    let select = Select { condition: column_in(key, Ok(keys)), order: Some(Vec::new()), ..Select::all(target) };
    Ok(Children { select, told_by: ToldBy::Itself })
}

/// The rows whose foreign key is one of these keys.
fn referring(target: &'static ModelDef, field: &str, keys: Vec<Value>) -> Result<Children> {
    let path = Path::root_of(target);
    let index = target.fields.iter().position(|other| other.field.unwrap_or(other.name) == field);
    let index = index.ok_or_else(|| Error::query(format!("`{}` has no field `{field}`", target.name)))?;
    let key = Column { path, field: field_at(target, index)? };
    let select = Select { condition: column_in(key, Ok(keys)), order: Some(order_at(path)), ..Select::all(target) };
    Ok(Children { select, told_by: ToldBy::Key(Link::One(index)) })
}

/// The rows paired with these keys, each with its key.
fn paired(pairs: &'static Pairs, keys: Vec<Value>) -> Children {
    let outputs = [Output::Row(pairs.row), Output::Node(Node::Column(pairs.source))];
    let select = Select {
        selected: Selected::Outputs(outputs.into()),
        condition: column_in(pairs.source, Ok(keys)),
        present: Some(pairs.row),
        order: Some(order_at(pairs.row)),
        ..Select::all(pairs.source.path.model)
    };
    Children { select, told_by: ToldBy::Next }
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
