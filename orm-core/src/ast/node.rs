//! Expressions and conditions: one recursive type, since either may stand inside the other.
//!
//! A condition has two values: what SQL calls NULL counts as false, at every depth, so `!c` is the exact complement of
//! `c` and De Morgan's laws hold. The compiler sees to it.

use std::fmt;
use std::mem;
use std::sync::Arc;

use super::comparison::LookupOperator;
use super::function::Function;
use crate::error::{Error, Result};
use crate::model::Column;
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
    /// Whether an aggregate counts equal values once.
    pub distinct: bool,
    /// The rows that take part in an aggregate; all, without it.
    pub filter: Option<Condition>,
    /// What the result is.
    pub kind: Kind,
    /// Whether the result can be NULL.
    pub nullable: bool,
    depth: u32,
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
                    call.dismantle(stack);
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
fn drop_flat(mut stack: Vec<Node>) {
    while let Some(node) = stack.pop() {
        node.dismantle(&mut stack);
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

    /// Moves what stands directly inside into `stack`.
    fn dismantle(&mut self, stack: &mut Vec<Node>) {
        stack.append(&mut self.arguments);
        stack.extend(self.filter.take().map(Node::Condition));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut stack = Vec::new();
        self.dismantle(&mut stack);
        drop_flat(stack);
    }
}

/// How deep `Debug` looks into calls and conditions.
const DEBUG_DEPTH: u32 = 32;

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.depth > DEBUG_DEPTH {
            return write!(f, "{:?}(… {} levels)", self.function, self.depth);
        }
        let mut call = f.debug_tuple(&format!("{:?}", self.function));
        if self.distinct {
            call.field(&format_args!("distinct"));
        }
        call.field(&self.arguments);
        self.filter.iter().for_each(|filter| _ = call.field(filter));
        call.finish()
    }
}

impl PartialEq for Node {
    /// The same structure and the same values (bounded by the depth limit of queries).
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Column(a), Self::Column(b)) => a == b,
            (Self::Value(a), Self::Value(b)) => a == b,
            (Self::Call(a), Self::Call(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Condition(a), Self::Condition(b)) => a == b,
            _ => false,
        }
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        let plain = |call: &Self| (call.depth, call.function, call.distinct);
        plain(self) == plain(other) && self.arguments == other.arguments && self.filter == other.filter
    }
}

/// A condition, or its complement.
#[derive(Clone, PartialEq)]
pub struct Condition {
    /// Whether the complement of the tree is meant.
    pub negated: bool,
    /// The condition without that.
    pub tree: Tree,
}

/// What a condition says.
#[derive(Clone, PartialEq)]
pub enum Tree {
    /// Nothing: every row passes, and the condition vanishes from what it is joined with.
    Empty,
    /// Every row, or none.
    Constant(bool),
    /// One comparison.
    Lookup(Arc<Lookup>),
    /// Several conditions under one connector.
    Group(Arc<Group>),
}

/// Conditions under one connector. Groups of `and` hold no plain groups of `and`, those of `or` none of `or`.
#[derive(Clone)]
pub struct Group {
    /// How they are connected.
    pub connector: Connector,
    /// The conditions; two at least.
    pub parts: Vec<Condition>,
    depth: u32,
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
    /// a value list.
    pub operands: Vec<Node>,
    depth: u32,
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
        if self.tree == Tree::Empty {
            return other;
        }
        if other.tree == Tree::Empty {
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
        self.tree == Tree::Empty
    }

    /// How many groups and calls stand inside each other; known without a walk.
    pub fn depth(&self) -> u32 {
        match &self.tree {
            Tree::Empty | Tree::Constant(_) => 0,
            Tree::Lookup(lookup) => lookup.depth,
            Tree::Group(group) => group.depth,
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

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.connector == other.connector && self.depth == other.depth && self.parts == other.parts
    }
}

impl PartialEq for Lookup {
    fn eq(&self, other: &Self) -> bool {
        self.operator == other.operator && self.depth == other.depth && self.operands == other.operands
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop_flat(mem::take(&mut self.parts).into_iter().map(Node::Condition).collect());
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        drop_flat(mem::take(&mut self.operands));
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negated { "!" } else { "" })?;
        if self.depth() > DEBUG_DEPTH {
            return write!(f, "(… {} levels)", self.depth());
        }
        match &self.tree {
            Tree::Empty => f.write_str("()"),
            Tree::Constant(value) => write!(f, "{value}"),
            Tree::Lookup(lookup) => f.debug_tuple(&format!("{:?}", lookup.operator)).field(&lookup.operands).finish(),
            Tree::Group(group) => f.debug_tuple(&format!("{:?}", group.connector)).field(&group.parts).finish(),
        }
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Condition { negated: false, tree: self.clone() }.fmt(f)
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(&format!("{:?}", self.connector)).field(&self.parts).finish()
    }
}
