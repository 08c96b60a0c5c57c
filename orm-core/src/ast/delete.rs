//! A DELETE.

use super::node::Condition;
use crate::model::ModelDef;

/// A DELETE of the rows that a condition selects.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The model.
    pub model: &'static ModelDef,
    /// Which rows.
    pub condition: Condition,
    /// What the statement is called in a comment.
    pub tag: Option<&'static str>,
}
