//! The one way through a tree: every expression and condition in it, with a stack of its own instead of the thread's.

use super::node::{Condition, Node, Tree};
use crate::model::Column;

/// What stands in a tree.
#[derive(Debug, Clone, Copy)]
pub enum Part<'t> {
    /// An expression.
    Node(&'t Node),
    /// A condition.
    Condition(&'t Condition),
}

/// The parts of a tree, each before what stands inside it.
#[derive(Debug)]
pub struct Walk<'t> {
    next: Option<Part<'t>>,
    stack: Vec<Part<'t>>,
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
    /// Adds what stands directly inside to a list: the filter of an aggregate before its arguments.
    pub(super) fn inside(self, list: &mut Vec<Self>) {
        match self {
            Self::Node(Node::Call(call)) => {
                list.extend(call.filter.iter().map(Self::Condition));
                list.extend(call.arguments.iter().map(Self::Node));
            }
            Self::Node(Node::Condition(condition)) => list.push(Self::Condition(condition)),
            Self::Node(Node::Column(_) | Node::Value(_) | Node::Fault(_)) => {}
            Self::Condition(condition) => match &condition.tree {
                Tree::Empty | Tree::Constant(_) => {}
                Tree::Lookup(lookup) => list.extend(lookup.operands.iter().map(Self::Node)),
                Tree::Group(group) => list.extend(group.parts.iter().map(Self::Condition)),
            },
        }
    }
}

impl<'t> Walk<'t> {
    /// Passes over what stands inside other parts than these.
    #[must_use]
    pub fn entering(self, enters: fn(Part<'t>) -> bool) -> Self {
        Self { enters, ..self }
    }

    /// The columns among the parts, in the order in which they are written.
    pub fn columns(self) -> impl Iterator<Item = Column> {
        self.filter_map(|part| match part {
            Part::Node(Node::Column(column)) => Some(*column),
            _ => None,
        })
    }
}

impl<'t> From<Part<'t>> for Walk<'t> {
    fn from(part: Part<'t>) -> Self {
        Self { next: Some(part), stack: Vec::new(), enters: |_| true }
    }
}

impl<'t> Iterator for Walk<'t> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        let part = self.next.take().or_else(|| self.stack.pop())?;
        if (self.enters)(part) {
            let met = self.stack.len();
            part.inside(&mut self.stack);
            self.stack.get_mut(met..).unwrap_or_default().reverse();
        }
        Some(part)
    }
}
