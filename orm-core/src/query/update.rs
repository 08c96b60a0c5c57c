//! UPDATE and DELETE.

use crate::expr::{Condition, Node};
use crate::model::ModelDef;

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

/// A DELETE of the rows that a condition selects.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The model.
    pub model: &'static ModelDef,
    /// Which rows.
    pub condition: Condition,
}
