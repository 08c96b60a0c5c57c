//! A tree made anew from another, with a stack of its own instead of the thread's.

use std::sync::Arc;

use super::node::{Call, Condition, Node, Tree};
use super::walk::Part;
use crate::model::{Column, Path};

impl Condition {
    /// The same condition with other columns, values and faults.
    #[must_use]
    pub fn fold(&self, leaf: &mut dyn FnMut(&Node) -> Node) -> Self {
        let (mut made, mut inside) = (Made::default(), Vec::new());
        let mut steps = vec![Step::Into(Part::Condition(self))];
        while let Some(step) = steps.pop() {
            match step {
                Step::Into(Part::Node(node @ (Node::Column(_) | Node::Value(_) | Node::Fault(_)))) => {
                    made.nodes.push(leaf(node));
                }
                Step::Into(part) => {
                    steps.push(Step::OutOf(part));
                    part.inside(&mut inside);
                    steps.extend(inside.drain(..).rev().map(Step::Into));
                }
                Step::OutOf(Part::Node(node)) => made.finish_node(node),
                Step::OutOf(Part::Condition(condition)) => made.finish_condition(condition),
            }
        }
        made.conditions.pop().unwrap_or(Self::EMPTY)
    }

    /// The same condition on the row at the end of `base`, instead of the root.
    pub(crate) fn behind(&self, base: &'static Path) -> Self {
        self.fold(&mut |leaf| match leaf {
            Node::Column(column) => Node::Column(Column { path: column.path.behind(base), ..*column }),
            other => other.clone(),
        })
    }
}

enum Step<'t> {
    Into(Part<'t>),
    OutOf(Part<'t>),
}

/// What is made, but is not inside anything yet.
#[derive(Default)]
struct Made {
    nodes: Vec<Node>,
    conditions: Vec<Condition>,
}

impl Made {
    /// Makes an expression of what was made of its inside.
    fn finish_node(&mut self, node: &Node) {
        match node {
            Node::Call(call) => {
                let arguments = last(&mut self.nodes, call.arguments.len());
                let filter = call.filter.as_ref().and_then(|_| self.conditions.pop());
                let made = Call::new(call.function, arguments, call.kind, call.nullable).over(call.distinct, filter);
                self.nodes.push(Node::Call(Arc::new(made)));
            }
            Node::Condition(_) => self.nodes.extend(self.conditions.pop().map(Node::Condition)),
            Node::Column(_) | Node::Value(_) | Node::Fault(_) => {}
        }
    }

    /// Makes a condition of what was made of its inside.
    fn finish_condition(&mut self, condition: &Condition) {
        let plain = match &condition.tree {
            Tree::Empty | Tree::Constant(_) => return self.conditions.push(condition.clone()),
            Tree::Lookup(lookup) => Condition::lookup(lookup.operator, last(&mut self.nodes, lookup.operands.len())),
            Tree::Group(group) => Condition::group(group.connector, last(&mut self.conditions, group.parts.len())),
        };
        self.conditions.push(if condition.negated { plain.negate() } else { plain });
    }
}

/// Takes the last items of a list.
fn last<T>(list: &mut Vec<T>, count: usize) -> Vec<T> {
    list.split_off(list.len().saturating_sub(count))
}
