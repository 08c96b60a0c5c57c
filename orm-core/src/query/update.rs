//! UPDATE and DELETE.

use crate::expr::{Condition, Node};
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
}

/// An UPDATE of one row, found by its key, with values for some of its columns.
#[derive(Debug, Clone)]
pub struct Save {
    /// The model, as the root of paths.
    pub root: &'static Path,
    /// Which columns, as indices into the model's fields.
    pub fields: Vec<usize>,
    /// Their values, in the order of `fields`; then those of the primary key, in its order.
    pub values: Vec<Value>,
}

/// A DELETE of the rows that a condition selects.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The model.
    pub model: &'static ModelDef,
    /// Which rows.
    pub condition: Condition,
}
