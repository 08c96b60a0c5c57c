//! A tree made anew from another, with a stack of its own instead of the thread's.

use std::sync::Arc;

use super::node::{Call, Condition, Node, Tree};
use super::select::{Output, Select, Selected};
use super::walk::Part;

impl Condition {
    /// The same condition with other columns, values and faults. `leaf` is told in how many subqueries each stands.
    #[must_use]
    pub fn fold(&self, leaf: &mut dyn FnMut(&Node, u32) -> Node) -> Self {
        let (mut made, mut inside) = (Made::default(), Vec::new());
        let mut steps = vec![Step::Into(Part::Condition(self), 0)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Into(Part::Node(node), levels) if node.is_leaf() => made.nodes.push(leaf(node, levels)),
                Step::Into(part, levels) => {
                    steps.push(Step::OutOf(part));
                    let within = levels + u32::from(matches!(part, Part::Select(_)));
                    part.inside(&mut |part| inside.push(Step::Into(part, within)));
                    steps.extend(inside.drain(..).rev());
                }
                Step::OutOf(part) => made.finish(part),
            }
        }
        made.conditions.pop().unwrap_or(Self::EMPTY)
    }
}

enum Step<'t> {
    /// A part, and in how many subqueries it stands.
    Into(Part<'t>, u32),
    OutOf(Part<'t>),
}

/// What is made, but is not inside anything yet.
#[derive(Default)]
struct Made {
    nodes: Vec<Node>,
    conditions: Vec<Condition>,
    selects: Vec<Select>,
}

impl Made {
    /// Makes a part of what was made of its inside.
    fn finish(&mut self, part: Part<'_>) {
        match part {
            Part::Node(node) => self.finish_node(node),
            Part::Condition(condition) => self.finish_condition(condition),
            Part::Select(select) => self.finish_select(select),
        }
    }

    fn finish_node(&mut self, node: &Node) {
        match node {
            Node::Call(call) => {
                let arguments = last(&mut self.nodes, call.arguments.len());
                let filter = call.filter.as_ref().and_then(|_| self.conditions.pop());
                let made = Call::new(call.function, arguments, call.kind, call.nullable).over(call.distinct, filter);
                self.nodes.push(Node::Call(Arc::new(made)));
            }
            Node::Condition(_) => self.nodes.extend(self.conditions.pop().map(Node::Condition)),
            Node::Subquery { .. } => self.nodes.extend(self.selects.pop().map(Node::subquery)),
            Node::Column(_) | Node::Outer { .. } | Node::Value(_) | Node::Fault(_) => {}
        }
    }

    fn finish_condition(&mut self, condition: &Condition) {
        let plain = match &condition.tree {
            Tree::Empty | Tree::Constant(_) => return self.conditions.push(condition.clone()),
            Tree::Lookup(lookup) => Condition::lookup(lookup.operator, last(&mut self.nodes, lookup.operands.len())),
            Tree::Group(group) => Condition::group(group.connector, last(&mut self.conditions, group.parts.len())),
            Tree::Exists(_) => self.selects.pop().map_or(Condition::constant(false), Condition::exists),
        };
        self.conditions.push(if condition.negated { plain.negate() } else { plain });
    }

    fn finish_select(&mut self, select: &Select) {
        let mut made = select.clone();
        for term in made.order.iter_mut().flatten().rev() {
            replace(&mut term.node, self.nodes.pop());
        }
        if let Selected::Outputs(outputs) = &mut made.selected {
            for output in Arc::make_mut(outputs).iter_mut().rev() {
                if let Output::Node(node) = output {
                    replace(node, self.nodes.pop());
                }
            }
        }
        made.condition = self.conditions.pop().unwrap_or(Condition::EMPTY);
        self.selects.push(made);
    }
}

fn replace(old: &mut Node, new: Option<Node>) {
    if let Some(new) = new {
        *old = new;
    }
}

/// Takes the last items of a list.
fn last<T>(list: &mut Vec<T>, count: usize) -> Vec<T> {
    list.split_off(list.len().saturating_sub(count))
}
