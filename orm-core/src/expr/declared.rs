//! What a model declares about its table: metadata, and the conditions that metadata cannot hold.

use super::field::Typed;
use super::q::Q;
use super::selection::Selection;
use crate::ast::{Condition, Node, Output};
use crate::model::{Model, ModelDef};
use crate::value::{FieldType, Here};

/// A model's table with everything the database must enforce.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The metadata.
    pub definition: &'static ModelDef,
    /// CHECK constraints by name.
    pub checks: Vec<(&'static str, Condition)>,
    /// The conditions of partial indexes and conditional UNIQUE constraints, by the name of the index or constraint.
    pub conditions: Vec<(&'static str, Condition)>,
    /// What an index or a UNIQUE constraint over expressions is made of, by its name.
    pub expressions: Vec<(&'static str, Vec<Node>)>,
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
        Self { definition, checks: Vec::new(), conditions: Vec::new(), expressions: Vec::new(), generated: Vec::new() }
    }

    /// Adds a CHECK constraint.
    #[must_use]
    pub fn check<M: Model>(
        mut self,
        name: &'static str,
        condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>,
    ) -> Self {
        self.checks.push((name, condition(M::fields()).into_condition()));
        self
    }

    /// Adds the condition of a partial index or a conditional UNIQUE constraint.
    #[must_use]
    pub fn condition<M: Model>(
        mut self,
        name: &'static str,
        condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>,
    ) -> Self {
        self.conditions.push((name, condition(M::fields()).into_condition()));
        self
    }

    /// Adds the expressions of an index or a UNIQUE constraint: one, or a tuple of several.
    #[must_use]
    pub fn expressions<M: Model, S: Selection<M>>(
        mut self,
        name: &'static str,
        expressions: impl FnOnce(&'static M::Fields<M, Here>) -> S,
    ) -> Self {
        let mut outputs = Vec::new();
        expressions(M::fields()).outputs(&mut outputs);
        let nodes = outputs.into_iter().filter_map(|output| match output {
            Output::Node(node) => Some(node),
            _ => None,
        });
        self.expressions.push((name, nodes.collect()));
        self
    }

    /// Adds a column that the database computes; the expression has the column's type `T`, or may be absent where it may.
    #[must_use]
    pub fn generated<M: Model, T, E>(
        mut self,
        field: usize,
        stored: bool,
        expression: impl FnOnce(&'static M::Fields<M, Here>) -> E,
    ) -> Self
    where
        T: FieldType,
        E: Typed<Root = M, Type: FieldType<Bare = T::Bare>>,
    {
        let expression = expression(M::fields()).node();
        self.generated.push(Generated { field, expression, stored });
        self
    }
}

/// A model as its table is made of it. Derived with `Model`.
pub trait Declare: Model {
    /// The model's table.
    fn declared() -> Declared;
}
