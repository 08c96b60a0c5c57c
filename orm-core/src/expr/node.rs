//! Expressions as data.

use std::fmt;
use std::mem;
use std::sync::Arc;

use super::condition::{Condition, Tree};
use crate::error::Error;
use crate::model::{Column, Path};
use crate::value::{Kind, Value};

/// An expression. Cloning copies a pointer at most (a value: its content); dropping one of any depth takes constant
/// stack.
#[derive(Debug, Clone)]
pub enum Node {
    /// A column of the root or of a model at the end of a path.
    Column(Column),
    /// A bound value.
    Value(Value),
    /// An operand that could not be encoded; reported when the query is compiled.
    Fault(Error),
    /// An operator, a function or an aggregate with its arguments.
    Call(Arc<Call>),
    /// A condition used as a value: true or false, never NULL.
    Condition(Condition),
}

/// A function and its arguments.
pub struct Call {
    /// Which function.
    pub function: Function,
    /// Its arguments, as many as the function takes.
    pub arguments: Vec<Node>,
    /// What the result is.
    pub kind: Kind,
    /// Whether the result can be NULL.
    pub nullable: bool,
    depth: u32,
}

/// Operators, functions and aggregates. The dialects spell them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Function {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`: whole if both are integers; NULL if `b` is zero.
    Divide,
    /// `a % b`, with the sign of `a`; NULL if `b` is zero.
    Modulo,
    /// `-a`.
    Negate,
    /// An aggregate over the rows of a group; one argument, or none to count rows.
    Aggregate {
        /// Which.
        function: AggregateFunction,
        /// Whether equal values count once.
        distinct: bool,
        /// The rows that take part.
        filter: Option<Condition>,
    },
}

/// The aggregates. All but the count are NULL of no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregateFunction {
    /// How many rows, or how many values that are not NULL.
    Count,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
}

/// One item of a SELECT list.
#[derive(Debug, Clone)]
pub enum Output {
    /// An expression: one column.
    Node(Node),
    /// All columns of the model at a path, in the order of its definition.
    Row(&'static Path),
}

impl Output {
    /// The path of a whole row.
    pub fn as_row(&self) -> Option<&'static Path> {
        match self {
            Self::Row(path) => Some(path),
            Self::Node(_) => None,
        }
    }
}

impl Node {
    /// A call; the depth is counted here.
    pub fn call(function: Function, arguments: Vec<Self>, kind: Kind, nullable: bool) -> Self {
        let depth = 1 + arguments.iter().map(Self::depth).max().unwrap_or(0);
        Self::Call(Arc::new(Call { function, arguments, kind, nullable, depth }))
    }

    /// What the expression's value is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Column(column) => column.field.kind,
            Self::Value(value) => value.kind(),
            Self::Fault(_) => Kind::Text,
            Self::Call(call) => call.kind,
            Self::Condition(_) => Kind::Bool,
        }
    }

    /// Tells whether the value can be NULL.
    pub fn nullable(&self) -> bool {
        match self {
            Self::Column(column) => column.nullable(),
            Self::Value(value) => value.is_null(),
            Self::Fault(_) | Self::Condition(_) => false,
            Self::Call(call) => call.nullable,
        }
    }

    /// How many calls and groups stand inside each other; known without a walk.
    pub fn depth(&self) -> u32 {
        match self {
            Self::Column(_) | Self::Value(_) | Self::Fault(_) => 0,
            Self::Call(call) => call.depth,
            Self::Condition(condition) => condition.depth(),
        }
    }

    /// Moves what stands directly inside into `stack`, where it is not shared.
    fn dismantle(self, stack: &mut Vec<Self>) {
        match self {
            Self::Call(call) => {
                if let Some(mut call) = Arc::into_inner(call) {
                    stack.append(&mut call.arguments);
                }
            }
            Self::Condition(condition) => match condition.tree {
                Tree::Group(group) => {
                    if let Some(mut group) = Arc::into_inner(group) {
                        stack.extend(mem::take(&mut group.parts).into_iter().map(Self::Condition));
                    }
                }
                Tree::Lookup(lookup) => {
                    if let Some(mut lookup) = Arc::into_inner(lookup) {
                        stack.append(&mut lookup.operands);
                    }
                }
                Tree::Empty | Tree::Constant(_) => {}
            },
            Self::Column(_) | Self::Value(_) | Self::Fault(_) => {}
        }
    }
}

/// Drops nodes with a stack of our own instead of the thread's.
pub(super) fn drop_flat(mut stack: Vec<Node>) {
    while let Some(node) = stack.pop() {
        node.dismantle(&mut stack);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        drop_flat(mem::take(&mut self.arguments));
    }
}

/// How deep `Debug` looks into calls and conditions.
pub(super) const DEBUG_DEPTH: u32 = 32;

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.depth > DEBUG_DEPTH {
            return write!(f, "{:?}(… {} levels)", self.function, self.depth);
        }
        f.debug_tuple(&format!("{:?}", self.function)).field(&self.arguments).finish()
    }
}

impl PartialEq for Node {
    /// The same structure and the same values (bounded by the depth limit of queries).
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Column(a), Self::Column(b)) => a == b,
            (Self::Value(a), Self::Value(b)) => a == b,
            (Self::Call(a), Self::Call(b)) => {
                Arc::ptr_eq(a, b) || (a.depth == b.depth && a.function == b.function && a.arguments == b.arguments)
            }
            (Self::Condition(a), Self::Condition(b)) => a == b,
            _ => false,
        }
    }
}
