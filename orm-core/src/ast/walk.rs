//! The one way through a tree: every expression, condition and subquery in it, with a stack of its own instead of the
//! thread's.

use std::iter;

use super::node::{Condition, Node, Tree};
use super::select::{Output, Select};
use crate::model::Column;

/// What stands in a tree.
#[derive(Debug, Clone, Copy)]
pub enum Part<'t> {
    /// An expression.
    Node(&'t Node),
    /// A condition.
    Condition(&'t Condition),
    /// The query of a subquery. What stands inside it belongs to its rows, but for `Node::Outer`.
    Select(&'t Select),
}

/// The parts of a tree, each before what stands inside it.
#[derive(Debug)]
pub struct Walk<'t> {
    next: Option<(Part<'t>, u32)>,
    stack: Vec<(Part<'t>, u32)>,
    levels: u32,
    enters: fn(Part<'t>) -> bool,
}

impl Node {
    /// This expression and all that stands inside it.
    pub fn walk(&self) -> Walk<'_> {
        Walk::from(Part::Node(self))
    }
}

impl Condition {
    /// This condition and all that stands inside it.
    pub fn walk(&self) -> Walk<'_> {
        Walk::from(Part::Condition(self))
    }
}

impl<'t> Part<'t> {
    /// How many calls, groups and subqueries stand inside each other, a query itself not counted.
    pub(super) fn depth(self) -> u32 {
        match self {
            Self::Node(node) => node.depth(),
            Self::Condition(condition) => condition.depth(),
            Self::Select(_) => {
                let mut inside = 0;
                self.inside(&mut |part| inside = inside.max(part.depth()));
                inside
            }
        }
    }

    /// Shows what stands directly inside, in the order in which it is written: the filter of an aggregate before its
    /// arguments, the outputs of a query before its condition and its order.
    pub(super) fn inside(self, visit: &mut dyn FnMut(Self)) {
        match self {
            Self::Node(Node::Call(call)) => {
                call.filter.iter().map(Self::Condition).for_each(&mut *visit);
                call.arguments.iter().map(Self::Node).for_each(visit);
            }
            Self::Node(Node::Condition(condition)) => visit(Self::Condition(condition)),
            Self::Node(Node::Subquery { query, .. }) => visit(Self::Select(&query.select)),
            Self::Node(Node::Column(_) | Node::Outer { .. } | Node::Value(_) | Node::Fault(_)) => {}
            Self::Condition(condition) => match &condition.tree {
                Tree::Empty | Tree::Constant(_) => {}
                Tree::Lookup(lookup) => lookup.operands.iter().map(Self::Node).for_each(visit),
                Tree::Group(group) => group.parts.iter().map(Self::Condition).for_each(visit),
                Tree::Exists(query) => visit(Self::Select(&query.select)),
            },
            Self::Select(select) => {
                select.outputs().iter().filter_map(Output::as_node).map(Self::Node).for_each(&mut *visit);
                visit(Self::Condition(&select.condition));
                select.order.iter().flatten().map(|term| Self::Node(&term.node)).for_each(visit);
            }
        }
    }
}

impl<'t> Walk<'t> {
    /// Passes over what stands inside other parts than these.
    #[must_use]
    pub fn entering(self, enters: fn(Part<'t>) -> bool) -> Self {
        Self { enters, ..self }
    }

    /// In how many subqueries the last part stands.
    pub const fn levels(&self) -> u32 {
        self.levels
    }

    /// The columns of the rows that the tree is about, in the order in which they are written. Of a column inside a
    /// subquery that is only one that refers to them; of a column outside, one that refers to no query further out.
    pub fn columns(mut self) -> impl Iterator<Item = Column> {
        let column = move || {
            let part = self.next()?;
            Some(match part {
                Part::Node(node) => node.column_of(self.levels),
                Part::Condition(_) | Part::Select(_) => None,
            })
        };
        iter::from_fn(column).flatten()
    }
}

impl<'t> From<Part<'t>> for Walk<'t> {
    fn from(part: Part<'t>) -> Self {
        Self { next: Some((part, 0)), stack: Vec::new(), levels: 0, enters: |_| true }
    }
}

impl<'t> Iterator for Walk<'t> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        let (part, levels) = self.next.take().or_else(|| self.stack.pop())?;
        self.levels = levels;
        if (self.enters)(part) {
            let met = self.stack.len();
            let within = levels + u32::from(matches!(part, Part::Select(_)));
            part.inside(&mut |inner| self.stack.push((inner, within)));
            self.stack.get_mut(met..).unwrap_or_default().reverse();
        }
        Some(part)
    }
}
