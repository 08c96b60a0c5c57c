//! Trees are dropped with a stack of our own instead of the thread's.

use std::mem;
use std::sync::Arc;

use super::node::{Call, Condition, Group, Lookup, Node, Tree};
use super::select::{Output, Select, Selected};
use super::subquery::Subquery;

/// Something whose parts can be taken out of it.
trait Dismantle {
    /// Moves what stands directly inside into `stack`.
    fn dismantle(&mut self, stack: &mut Vec<Node>);
}

impl Dismantle for Call {
    fn dismantle(&mut self, stack: &mut Vec<Node>) {
        stack.append(&mut self.arguments);
        stack.extend(self.filter.take().map(Node::Condition));
    }
}

impl Dismantle for Group {
    fn dismantle(&mut self, stack: &mut Vec<Node>) {
        stack.extend(mem::take(&mut self.parts).into_iter().map(Node::Condition));
    }
}

impl Dismantle for Lookup {
    fn dismantle(&mut self, stack: &mut Vec<Node>) {
        stack.append(&mut self.operands);
    }
}

impl Dismantle for Subquery {
    fn dismantle(&mut self, stack: &mut Vec<Node>) {
        let Select { selected, condition, order, .. } = &mut self.select;
        stack.push(Node::Condition(mem::replace(condition, Condition::EMPTY)));
        stack.extend(order.take().into_iter().flatten().map(|term| term.node));
        if let Selected::Outputs(outputs) = selected {
            // Outputs that another query shares stay: dropping the last one takes them apart.
            for output in Arc::get_mut(outputs).into_iter().flatten() {
                if let Output::Node(node) = output {
                    stack.push(mem::replace(node, Node::Condition(Condition::EMPTY)));
                }
            }
        }
    }
}

/// Takes something apart that no other tree shares.
fn dismantle_own(shared: Arc<impl Dismantle>, stack: &mut Vec<Node>) {
    if let Some(mut own) = Arc::into_inner(shared) {
        own.dismantle(stack);
    }
}

/// Takes an expression apart, then what stood inside it, and so on.
fn drop_flat(whole: &mut impl Dismantle) {
    let mut stack = Vec::new();
    whole.dismantle(&mut stack);
    while let Some(node) = stack.pop() {
        match node {
            Node::Call(call) => dismantle_own(call, &mut stack),
            Node::Subquery { query, .. } => dismantle_own(query, &mut stack),
            Node::Condition(condition) => match condition.tree {
                Tree::Group(group) => dismantle_own(group, &mut stack),
                Tree::Lookup(lookup) => dismantle_own(lookup, &mut stack),
                Tree::Exists(query) => dismantle_own(query, &mut stack),
                Tree::Empty | Tree::Constant(_) => {}
            },
            Node::Column(_) | Node::Outer { .. } | Node::Value(_) | Node::Fault(_) => {}
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        drop_flat(self);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop_flat(self);
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        drop_flat(self);
    }
}

impl Drop for Subquery {
    fn drop(&mut self) {
        drop_flat(self);
    }
}
