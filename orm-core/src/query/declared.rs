//! A model with the conditions of its schema, which its metadata cannot hold.

use crate::expr::Condition;
use crate::model::ModelDef;

/// A model as its table is made: the definition, and what was written as conditions beside it.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The model.
    pub model: &'static ModelDef,
    /// The CHECK constraints, by name. NULL passes them.
    pub checks: Vec<(&'static str, Condition)>,
    /// The conditions of UNIQUE constraints and indexes, by the name of what they belong to.
    pub predicates: Vec<(&'static str, Condition)>,
}

impl From<&'static ModelDef> for Declared {
    fn from(model: &'static ModelDef) -> Self {
        Self { model, checks: Vec::new(), predicates: Vec::new() }
    }
}
