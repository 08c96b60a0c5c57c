//! When two trees are equal: the same structure and the same values, compared with a stack of our own instead of the
//! thread's. Two trees that mean the same in other words differ.

use super::node::{Condition, Node, Tree};
use super::select::{Output, Select, Selected};
use super::walk::Part;

impl PartialEq for Node {
    /// The same structure and the same values. A fault equals nothing.
    fn eq(&self, other: &Self) -> bool {
        are_equal(Part::Node(self), Part::Node(other))
    }
}

impl PartialEq for Condition {
    /// The same structure and the same values.
    fn eq(&self, other: &Self) -> bool {
        are_equal(Part::Condition(self), Part::Condition(other))
    }
}

impl PartialEq for Select {
    /// All that decides which statement is sent, and so what its rows are: model, outputs, condition, the row that must be
    /// there, order, DISTINCT, slice, `none()`, and the lock (the statement with it does more).
    ///
    /// Prefetches do not count: they are queries of their own, after the rows. Nor does the database, which is no part of
    /// a `Select`. One with a fault equals nothing, since it has no rows.
    fn eq(&self, other: &Self) -> bool {
        are_equal(Part::Select(self), Part::Select(other))
    }
}

fn are_equal<'t>(left: Part<'t>, right: Part<'t>) -> bool {
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    let mut pairs = vec![(left, right)];
    while let Some((left, right)) = pairs.pop() {
        left.inside(&mut |part| lefts.push(part));
        right.inside(&mut |part| rights.push(part));
        if !are_alike(left, right) || lefts.len() != rights.len() {
            return false;
        }
        pairs.extend(lefts.drain(..).zip(rights.drain(..)));
    }
    true
}

/// Whether two parts are equal but for what stands inside them.
fn are_alike(left: Part<'_>, right: Part<'_>) -> bool {
    match (left, right) {
        (Part::Node(left), Part::Node(right)) => are_nodes_alike(left, right),
        (Part::Condition(left), Part::Condition(right)) => {
            left.negated == right.negated && are_trees_alike(&left.tree, &right.tree)
        }
        (Part::Select(left), Part::Select(right)) => are_selects_alike(left, right),
        _ => false,
    }
}

fn are_nodes_alike(left: &Node, right: &Node) -> bool {
    match (left, right) {
        (Node::Column(left), Node::Column(right)) => left == right,
        (Node::Outer { column: left, levels: from }, Node::Outer { column: right, levels: to }) => {
            left == right && from == to
        }
        (Node::Value(left), Node::Value(right)) => left == right,
        (Node::Call(left), Node::Call(right)) => {
            (left.depth, left.function, left.distinct) == (right.depth, right.function, right.distinct)
        }
        (Node::Condition(_), Node::Condition(_)) => true,
        (Node::Subquery { query: left, .. }, Node::Subquery { query: right, .. }) => left.depth() == right.depth(),
        _ => false,
    }
}

fn are_trees_alike(left: &Tree, right: &Tree) -> bool {
    match (left, right) {
        (Tree::Empty, Tree::Empty) => true,
        (Tree::Constant(left), Tree::Constant(right)) => left == right,
        (Tree::Lookup(left), Tree::Lookup(right)) => (left.operator, left.depth) == (right.operator, right.depth),
        (Tree::Group(left), Tree::Group(right)) => (left.connector, left.depth) == (right.connector, right.depth),
        (Tree::Exists(left), Tree::Exists(right)) => left.depth() == right.depth(),
        _ => false,
    }
}

/// Whether two queries are equal but for their expressions and conditions.
fn are_selects_alike(left: &Select, right: &Select) -> bool {
    let flags = |select: &Select| (select.reversed, select.distinct, select.nothing);
    left.model == right.model
        && flags(left) == flags(right)
        && (left.limit, left.offset) == (right.limit, right.offset)
        && (left.present, &left.lock) == (right.present, &right.lock)
        && are_orders_alike(left, right)
        && are_outputs_alike(&left.selected, &right.selected)
        && left.fault.is_none()
        && right.fault.is_none()
}

fn are_orders_alike(left: &Select, right: &Select) -> bool {
    let directions = |select: &Select| -> Option<Vec<_>> {
        select.order.as_ref().map(|terms| terms.iter().map(|term| (term.descending, term.nulls)).collect())
    };
    directions(left) == directions(right)
}

fn are_outputs_alike(left: &Selected, right: &Selected) -> bool {
    match (left, right) {
        (Selected::Model(left), Selected::Model(right)) => left == right,
        (Selected::Outputs(left), Selected::Outputs(right)) => {
            left.iter().map(Output::as_row).eq(right.iter().map(Output::as_row))
        }
        _ => false,
    }
}
