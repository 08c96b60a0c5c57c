//! An UPDATE: of rows, or of one that is saved.

use super::node::{Condition, Node};
use crate::model::{ModelDef, Path};
use crate::value::Value;

/// An UPDATE of the rows that a condition selects.
#[derive(Debug, Clone)]
pub struct Update {
    /// The model.
    pub model: &'static ModelDef,
    /// Which columns (indices into the model's fields) become what. All expressions see the old row.
    pub assignments: Vec<(usize, Node)>,
    /// Which rows.
    pub condition: Condition,
    /// What the statement is called in a comment.
    pub tag: Option<&'static str>,
}

/// An UPDATE of one row, found by its key.
#[derive(Debug, Clone)]
pub struct Save {
    /// The model, as the root of paths.
    pub root: &'static Path,
    /// Which columns are written.
    pub written: Written,
    /// The whole row, in the order of the model's fields.
    pub values: Vec<Value>,
}

/// Which columns of a row are written.
#[derive(Debug, Clone)]
pub enum Written {
    /// All but the key, by which the row is found, and what the database computes.
    Whole,
    /// These, as indices into the model's fields.
    Only(Vec<usize>),
}

impl Written {
    /// The columns, in the order of the model's fields.
    pub fn fields(&self, model: &'static ModelDef) -> impl Iterator<Item = usize> {
        (0..model.fields.len()).filter(move |index| self.contains(model, *index))
    }

    /// Tells whether a column is among them.
    #[inline]
    pub fn contains(&self, model: &ModelDef, index: usize) -> bool {
        match self {
            Self::Whole => {
                !model.primary_key.contains(&index) && model.fields.get(index).is_some_and(|field| !field.generated)
            }
            Self::Only(these) => these.contains(&index),
        }
    }
}
