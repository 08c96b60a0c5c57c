//! What a model declares about its table: metadata, and the conditions that metadata cannot hold.

use crate::expr::{Condition, Node};
use crate::model::{Model, ModelDef};

/// A model's table with everything the database must enforce.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The metadata.
    pub definition: &'static ModelDef,
    /// CHECK constraints by name.
    pub checks: Vec<(&'static str, Condition)>,
    /// The conditions of partial indexes and conditional UNIQUE constraints, by the name of the index or constraint.
    pub conditions: Vec<(&'static str, Condition)>,
    /// Generated columns, by index into the model's fields.
    pub generated: Vec<Generated>,
}

/// A column that the database computes.
#[derive(Debug, Clone)]
pub struct Generated {
    /// Index into the model's fields.
    pub field: usize,
    /// From what.
    pub expression: Node,
    /// Whether it is stored, or computed when read.
    pub stored: bool,
}

impl Declared {
    /// A model that declares nothing but its metadata.
    pub fn plain(definition: &'static ModelDef) -> Self {
        Self { definition, checks: Vec::new(), conditions: Vec::new(), generated: Vec::new() }
    }
}

/// A model as its table is made of it. Derived with `Model`.
pub trait Declare: Model {
    /// The model's table.
    fn declared() -> Declared;
}
