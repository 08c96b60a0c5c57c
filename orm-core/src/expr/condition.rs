//! Conditions as data, and `Q<R>`, the typed shell.
//!
//! A condition has two values: what SQL calls NULL counts as false, at every depth, so `!c` is the exact complement of
//! `c` and De Morgan's laws hold. The compiler sees to it.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not};
use std::sync::Arc;

use super::node::{DEBUG_DEPTH, Node, drop_flat};

/// A condition on rows of root `R`: what every lookup returns (Django's `Q`).
///
/// Combine with `&`, `|`, `^` and `!`. Conditions of one root have one type, so they fit into loops, `match` arms and
/// vectors; one of another root does not compile.
#[must_use]
pub struct Q<R> {
    condition: Condition,
    root: PhantomData<fn() -> R>,
}

impl<R> Q<R> {
    /// No condition: neutral under `&`, `|` and `^`, and unchanged by `!`, as Django's empty `Q()`.
    pub fn new() -> Self {
        Self::from_condition(Condition::EMPTY)
    }

    /// True if any of the conditions is; false of none.
    pub fn any_of(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::from_condition(Condition::group(Connector::Or, conditions.into_iter().map(Self::into_condition)))
    }

    /// True if all of the conditions are; true of none.
    pub fn all_of(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::from_condition(Condition::group(Connector::And, conditions.into_iter().map(Self::into_condition)))
    }

    /// The typed shell around a condition.
    pub fn from_condition(condition: Condition) -> Self {
        Self { condition, root: PhantomData }
    }

    /// The untyped condition.
    pub fn into_condition(self) -> Condition {
        self.condition
    }

    /// The untyped condition, borrowed.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
}

impl<R> Default for Q<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> Clone for Q<R> {
    fn clone(&self) -> Self {
        Self::from_condition(self.condition.clone())
    }
}

impl<R> fmt::Debug for Q<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl<R> Not for Q<R> {
    type Output = Self;

    fn not(self) -> Self {
        Self::from_condition(self.condition.negate())
    }
}

macro_rules! connectors {
    ($($operator:ident $method:ident $assign:ident $assign_method:ident;)*) => {$(
        impl<R> $operator for Q<R> {
            type Output = Self;

            fn $method(self, other: Self) -> Self {
                Self::from_condition(self.condition.join(Connector::$operator, other.condition))
            }
        }

        impl<R> $assign for Q<R> {
            fn $assign_method(&mut self, other: Self) {
                let condition = mem::replace(&mut self.condition, Condition::EMPTY);
                self.condition = condition.join(Connector::$operator, other.condition);
            }
        }
    )*};
}

#[allow(non_upper_case_globals, reason = "the operator traits' names, mapped to connectors by the macro above")]
impl Connector {
    const BitAnd: Self = Self::And;
    const BitOr: Self = Self::Or;
    const BitXor: Self = Self::Xor;
}

connectors! {
    BitAnd bitand BitAndAssign bitand_assign;
    BitOr bitor BitOrAssign bitor_assign;
    BitXor bitxor BitXorAssign bitxor_assign;
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

/// The comparisons. Those that have a complement in the API (`ne`, `not_in`, `is_not_null`) are its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupOperator {
    /// Equal; to NULL: is NULL.
    Eq,
    /// SQL's `<>`: different, and neither is NULL.
    Differs,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// One of a list (`Value::List`); of an empty one, never.
    In,
    /// From … to …, both included.
    Between,
    /// From … up to, but not including, ….
    HalfOpen,
    /// The columns of a key have the values of one of several rows: the columns, then as many lists of equal length.
    KeyIn,
    /// Is NULL.
    IsNull,
    /// A boolean expression is true.
    IsTrue,
    /// Equal without regard to case.
    IExact,
    /// Contains the text.
    Contains,
    /// The same without regard to case.
    IContains,
    /// Starts with the text.
    StartsWith,
    /// The same without regard to case.
    IStartsWith,
    /// Ends with the text.
    EndsWith,
    /// The same without regard to case.
    IEndsWith,
    /// Matches the regular expression somewhere.
    Regex,
    /// The same without regard to case.
    IRegex,
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
