//! Expressions and conditions: one recursive type, since either may stand inside the other.
//!
//! A condition has two values: what SQL calls NULL counts as false, at every depth, so `!c` is the exact complement of
//! `c` and De Morgan's laws hold. The compiler sees to it.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::comparison::LookupOperator;
use super::function::Function;
use super::subquery::Subquery;
use crate::error::{Error, Result};
use crate::model::Column;
use crate::value::{Kind, Value};

/// An expression. Cloning copies a pointer at most (a value: its content); dropping one of any depth takes constant
/// stack.
#[derive(Debug, Clone)]
pub enum Node {
    /// A column of the root or of a model at the end of a path.
    Column(Column),
    /// Inside a subquery: a column of a query around it.
    Outer {
        /// The column, from the root of that query.
        column: Column,
        /// How many subqueries are left to get there: 1 for the nearest query around.
        levels: NonZeroU32,
    },
    /// A bound value.
    Value(Value),
    /// An operand that could not be encoded; reported when the query is compiled.
    Fault(Error),
    /// An operator, a function or an aggregate with its arguments.
    Call(Arc<Call>),
    /// A condition used as a value: true or false, never NULL.
    Condition(Condition),
    /// The one value that a query selects, NULL if it has no row; as the right operand of `In`, the list of its values.
    Subquery {
        /// The query.
        query: Arc<Subquery>,
        /// What its value is.
        kind: Kind,
        /// Whether its value can be NULL.
        nullable: bool,
    },
}

/// A function and its arguments.
pub struct Call {
    /// Which function.
    pub function: Function,
    /// Its arguments, as many as the function takes.
    pub arguments: Vec<Node>,
    /// Whether an aggregate counts equal values once.
    pub distinct: bool,
    /// The rows that take part in an aggregate; all, without it.
    pub filter: Option<Condition>,
    /// What the result is.
    pub kind: Kind,
    /// Whether the result can be NULL.
    pub nullable: bool,
    pub(super) depth: u32,
}

impl Node {
    /// A value; one that cannot be encoded is reported when the query is compiled.
    pub fn encoded(value: Result<Value>) -> Self {
        value.map_or_else(Self::Fault, Self::Value)
    }

    /// A call of a function with its arguments.
    pub fn call(function: Function, arguments: Vec<Self>, kind: Kind, nullable: bool) -> Self {
        Self::Call(Arc::new(Call::new(function, arguments, kind, nullable)))
    }

    /// A column of the query that so many subqueries stand inside; with 0, of the query itself.
    pub fn outer(column: Column, levels: u32) -> Self {
        NonZeroU32::new(levels).map_or(Self::Column(column), |levels| Self::Outer { column, levels })
    }

    /// The column, if it belongs to the query around the `levels` subqueries in which the expression stands.
    pub fn column_of(&self, levels: u32) -> Option<Column> {
        match self {
            Self::Column(column) if levels == 0 => Some(*column),
            Self::Outer { column, levels: outward } if outward.get() == levels => Some(*column),
            _ => None,
        }
    }

    /// What the expression's value is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Column(column) | Self::Outer { column, .. } => column.field.kind,
            Self::Value(value) => value.kind(),
            Self::Fault(_) => Kind::Text,
            Self::Call(call) => call.kind,
            Self::Condition(_) => Kind::Bool,
            Self::Subquery { kind, .. } => *kind,
        }
    }

    /// Tells whether the value can be NULL.
    pub fn nullable(&self) -> bool {
        match self {
            Self::Column(column) | Self::Outer { column, .. } => column.nullable(),
            Self::Value(value) => value.is_null(),
            Self::Fault(_) | Self::Condition(_) => false,
            Self::Call(call) => call.nullable,
            Self::Subquery { nullable, .. } => *nullable,
        }
    }

    /// Tells whether nothing stands inside it.
    pub(super) const fn is_leaf(&self) -> bool {
        matches!(self, Self::Column(_) | Self::Outer { .. } | Self::Value(_) | Self::Fault(_))
    }

    /// How many calls, groups and subqueries stand inside each other; known without a walk.
    pub fn depth(&self) -> u32 {
        match self {
            Self::Column(_) | Self::Outer { .. } | Self::Value(_) | Self::Fault(_) => 0,
            Self::Call(call) => call.depth,
            Self::Condition(condition) => condition.depth(),
            Self::Subquery { query, .. } => query.depth(),
        }
    }
}

impl Call {
    /// A function with its arguments; the depth is counted here.
    pub fn new(function: Function, arguments: Vec<Node>, kind: Kind, nullable: bool) -> Self {
        let depth = 1 + arguments.iter().map(Node::depth).max().unwrap_or(0);
        Self { function, arguments, distinct: false, filter: None, kind, nullable, depth }
    }

    /// The same aggregate over equal values once, or over the rows of a condition.
    #[must_use]
    pub fn over(mut self, distinct: bool, filter: Option<Condition>) -> Self {
        self.depth = self.depth.max(1 + filter.as_ref().map_or(0, Condition::depth));
        self.distinct = distinct;
        self.filter = filter;
        self
    }
}

/// A condition, or its complement.
#[derive(Clone)]
pub struct Condition {
    /// Whether the complement of the tree is meant.
    pub negated: bool,
    /// The condition without that.
    pub tree: Tree,
}

/// What a condition says.
#[derive(Clone)]
pub enum Tree {
    /// Nothing: every row passes, and the condition vanishes from what it is joined with.
    Empty,
    /// Every row, or none.
    Constant(bool),
    /// One comparison.
    Lookup(Arc<Lookup>),
    /// Several conditions under one connector.
    Group(Arc<Group>),
    /// A query has at least one row. What it selects and its order do not matter.
    Exists(Arc<Subquery>),
}

/// Conditions under one connector. Groups of `and` hold no plain groups of `and`, those of `or` none of `or`.
#[derive(Clone)]
pub struct Group {
    /// How they are connected.
    pub connector: Connector,
    /// The conditions; two at least.
    pub parts: Vec<Condition>,
    pub(super) depth: u32,
}

/// How the parts of a group are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// All are true.
    And,
    /// Any is true.
    Or,
    /// An odd number are true.
    Xor,
}

/// One comparison: an operator and its operands, the left one first.
#[derive(Debug)]
pub struct Lookup {
    /// Which comparison.
    pub operator: LookupOperator,
    /// What is compared: two operands, but one for `IsNull` and `IsTrue`, three for `Between`; the right one of `In` is
    /// a value list or a subquery.
    pub operands: Vec<Node>,
    pub(super) depth: u32,
}

impl Condition {
    /// No condition.
    pub const EMPTY: Self = Self { negated: false, tree: Tree::Empty };

    /// Every row, or none.
    pub fn constant(value: bool) -> Self {
        Self { negated: false, tree: Tree::Constant(value) }
    }

    /// One comparison.
    pub fn lookup(operator: LookupOperator, operands: Vec<Node>) -> Self {
        let depth = operands.iter().map(Node::depth).max().unwrap_or(0);
        Self { negated: false, tree: Tree::Lookup(Arc::new(Lookup { operator, operands, depth })) }
    }

    /// The conditions under one connector; of none: true for `and`, false for `or` and `xor`.
    pub fn group(connector: Connector, parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = false;
        let joined = parts.into_iter().inspect(|_| any = true).fold(Self::EMPTY, |all, part| all.join(connector, part));
        if any { joined } else { Self::constant(connector == Connector::And) }
    }

    /// Both conditions under a connector. An empty one vanishes; equal connectors become one group.
    pub fn join(self, connector: Connector, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let mut group = self.into_group(connector);
        match other {
            Self { negated: false, tree: Tree::Group(inner) } if inner.connector == connector => {
                inner.parts.iter().for_each(|part| group.push(part.clone()));
            }
            other => group.push(other),
        }
        Self { negated: false, tree: Tree::Group(Arc::new(group)) }
    }

    /// The complement. Of no condition: no condition.
    #[must_use]
    pub fn negate(self) -> Self {
        match self.tree {
            Tree::Empty => self,
            tree => Self { negated: !self.negated, tree },
        }
    }

    /// Tells whether it says nothing.
    pub fn is_empty(&self) -> bool {
        matches!(self.tree, Tree::Empty)
    }

    /// How many groups, calls and subqueries stand inside each other; known without a walk.
    pub fn depth(&self) -> u32 {
        match &self.tree {
            Tree::Empty | Tree::Constant(_) => 0,
            Tree::Lookup(lookup) => lookup.depth,
            Tree::Group(group) => group.depth,
            Tree::Exists(query) => query.depth(),
        }
    }

    /// A group of this connector that starts with the condition: its own, taken over, or a new one.
    fn into_group(self, connector: Connector) -> Group {
        match self {
            Self { negated: false, tree: Tree::Group(group) } if group.connector == connector => {
                Arc::unwrap_or_clone(group)
            }
            first => Group { connector, depth: 1 + first.depth(), parts: vec![first] },
        }
    }
}

impl Group {
    fn push(&mut self, part: Condition) {
        self.depth = self.depth.max(1 + part.depth());
        self.parts.push(part);
    }
}
