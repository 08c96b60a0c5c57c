//! Relations that are loaded by queries of their own.

use std::fmt;
use std::ptr;

use super::select::Select;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, FieldDef, Link, ModelDef, Path, RelationDef};

/// How many prefetches may stand behind each other.
const DEEPEST: u32 = 64;

/// A relation to load after the rows that have it, by one query for all of them.
#[derive(Clone)]
pub struct Prefetch {
    /// The model that has the relation.
    pub model: &'static ModelDef,
    /// The relation.
    pub relation: Relation,
    /// The related rows, before they are narrowed to those of some keys; its prefetches are what is loaded behind them.
    pub query: Select,
}

/// A relation of a model.
#[derive(Debug, Clone, Copy)]
pub enum Relation {
    /// To one row, by a foreign key.
    One(&'static FieldDef),
    /// To many rows.
    Many(&'static RelationDef),
}

impl Prefetch {
    /// The rows of `query` behind a foreign key; the steps of its path are prefetches, too.
    pub fn to_one(key: Column, query: Select) -> Self {
        Self { model: key.path.model, relation: Relation::One(key.field), query }.behind(key.path)
    }

    /// The rows of `query` in a relation to many of the model at a path; the steps of the path are prefetches, too.
    pub fn to_many(path: &'static Path, relation: &'static RelationDef, query: Select) -> Self {
        Self { model: path.model, relation: Relation::Many(relation), query }.behind(path)
    }

    /// Which relation of its model it is.
    ///
    /// # Errors
    /// `Query` if the model does not have it.
    pub fn link(&self) -> Result<Link> {
        let link = match self.relation {
            Relation::One(key) => self.model.fields.iter().position(|field| ptr::eq(field, key)).map(Link::One),
            Relation::Many(relation) => {
                self.model.relations.iter().position(|other| ptr::eq(other, relation)).map(Link::Many)
            }
        };
        link.ok_or_else(|| Error::internal(format!("`{}` has no relation `{}`", self.model.name, self.relation.name())))
    }

    /// The prefetch of a path's last key, with this one behind it; and so on to the root.
    fn behind(self, path: &'static Path) -> Self {
        let Some((before, key)) = path.step else { return self };
        let mut query = Select::all(path.model);
        query.add_prefetch(self);
        Self { model: before.model, relation: Relation::One(key), query }.behind(before)
    }

    fn depth(&self) -> u32 {
        1 + self.query.prefetch.iter().map(Self::depth).max().unwrap_or(0)
    }
}

impl Relation {
    /// The Rust name of its field.
    pub fn name(self) -> &'static str {
        match self {
            Self::One(key) => key.name,
            Self::Many(relation) => relation.name,
        }
    }
}

impl PartialEq for Relation {
    /// The same field of the same model.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(key), Self::One(other)) => ptr::eq(*key, *other),
            (Self::Many(relation), Self::Many(other)) => ptr::eq(*relation, *other),
            _ => false,
        }
    }
}

impl Eq for Relation {}

impl fmt::Debug for Prefetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.relation.name())?;
        self.query.fmt(f)
    }
}

impl Select {
    /// Loads a relation with the rows. The same one is loaded once, with all that is asked behind it.
    pub fn add_prefetch(&mut self, mut prefetch: Prefetch) {
        if let Some(fault) = prefetch.query.fault.take() {
            self.fail(fault);
        }
        let depth = prefetch.depth();
        if depth > DEEPEST {
            let (found, limit) = (depth.into(), DEEPEST.into());
            self.fail(ErrorKind::TooComplex { what: "levels of prefetches", found, limit }.into());
        } else if let Some(known) = self.prefetch.iter_mut().find(|known| known.relation == prefetch.relation) {
            prefetch.query.prefetch.into_iter().for_each(|behind| known.query.add_prefetch(behind));
        } else {
            self.prefetch.push(prefetch);
        }
    }
}
