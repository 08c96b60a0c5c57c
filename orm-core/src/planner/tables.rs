//! The tables that a statement reads, and where each column stands.

use std::iter;

use crate::error::{Error, Result};
use crate::model::{Column, FieldDef, ModelDef, Path};

/// The joins of a query, in the order of first use; each after the one it starts from.
#[derive(Debug, Clone)]
pub struct Joins {
    pub(super) root: &'static ModelDef,
    pub(super) list: Vec<Join>,
    pub(super) required: u64,
    prefix: &'static str,
}

/// One join: the row that a foreign key refers to.
#[derive(Debug, Clone, Copy)]
pub struct Join {
    /// Where the foreign key stands.
    pub from: Place,
    /// The foreign key.
    pub key: &'static FieldDef,
    /// The model referred to.
    pub target: &'static ModelDef,
    /// The primary key of that model.
    pub target_key: &'static FieldDef,
}

/// A table of the query: the root, or that of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The root.
    Root,
    /// A join, by its index.
    Joined(usize),
}

impl Joins {
    /// No joins yet.
    pub fn new(root: &'static ModelDef) -> Self {
        Self { root, list: Vec::new(), required: 0, prefix: prefix(root.table) }
    }

    /// The model at the root.
    pub fn root(&self) -> &'static ModelDef {
        self.root
    }

    /// Tells whether the root stands alone.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The joins, each with its number and whether its rows are sure to be there (INNER).
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Join, bool)> {
        self.list.iter().enumerate().map(|(index, join)| (index, join, self.is_inner(index)))
    }

    /// The models, the root first.
    pub fn models(&self) -> impl Iterator<Item = &'static ModelDef> {
        iter::once(self.root).chain(self.list.iter().map(|join| join.target))
    }

    /// The model at a place.
    pub fn model(&self, place: Place) -> &'static ModelDef {
        match place {
            Place::Joined(index) => self.list.get(index).map_or(self.root, |join| join.target),
            Place::Root => self.root,
        }
    }

    /// What the numbered aliases begin with.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Where a column is read. A target's primary key is the foreign key that refers to it: no join needed.
    pub fn locate(&self, column: Column) -> Result<(Place, &'static FieldDef)> {
        let (path, field) = column.shortest();
        Ok((self.place(path)?, field))
    }

    /// Where the model at the end of a path stands.
    pub fn place(&self, path: &Path) -> Result<Place> {
        let Some((before, key)) = path.step else {
            self.expect_root(path)?;
            return Ok(Place::Root);
        };
        let from = self.place(before)?;
        self.find(from, key).ok_or_else(|| Error::internal(format!("the path over `{}` was not planned", key.name)))
    }

    /// Where the target of a key stands that was joined before.
    pub fn find(&self, from: Place, key: &FieldDef) -> Option<Place> {
        self.list.iter().position(|join| join.from == from && std::ptr::eq(join.key, key)).map(Place::Joined)
    }

    pub(super) fn expect_root(&self, path: &Path) -> Result<()> {
        if path.model == self.root {
            return Ok(());
        }
        Err(Error::internal(format!(
            "a column of `{}` has no place in a query of `{}`",
            path.model.name, self.root.name
        )))
    }

    /// A row is there if the condition requires it, or if the key cannot be NULL and its own row is there.
    /// (Only in a table of ours, where a constraint sees to it that the row referred to exists.)
    fn is_inner(&self, index: usize) -> bool {
        let there = |join: &Join| match join.from {
            Place::Root => self.root.managed,
            Place::Joined(before) => {
                self.is_inner(before) && self.list.get(before).is_some_and(|join| join.target.managed)
            }
        };
        self.required & (1 << index) != 0 || self.list.get(index).is_some_and(|join| !join.key.nullable && there(join))
    }

    /// Tells whether the rows of a place are sure to be there.
    pub(super) fn is_there(&self, place: Place) -> bool {
        match place {
            Place::Root => true,
            Place::Joined(index) => self.is_inner(index),
        }
    }

    /// The joins on the way to a place, its own included, as bits.
    pub(super) fn way_to(&self, place: Place) -> u64 {
        match place {
            Place::Root => 0,
            Place::Joined(index) => (1 << index) | self.list.get(index).map_or(0, |join| self.way_to(join.from)),
        }
    }
}

/// A column of a model by its index.
pub(crate) fn field_at(model: &'static ModelDef, index: usize) -> Result<&'static FieldDef> {
    model.fields.get(index).ok_or_else(|| Error::internal(format!("`{}` has no field {index}", model.name)))
}

/// `t`, unless the root's own name could be such an alias.
fn prefix(table: &str) -> &'static str {
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    if table.strip_prefix(['t', 'T']).is_some_and(numbered) { "u" } else { "t" }
}
