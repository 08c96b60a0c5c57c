//! Conditions on a model, put to the rows of another one that lead to it.

use super::condition::{Condition, Tree};
use super::node::{Function, Node};
use crate::model::{Column, Path};

impl Condition {
    /// The same condition on the row at the end of `base`, instead of the root.
    pub(crate) fn behind(&self, base: &'static Path) -> Self {
        let plain = match &self.tree {
            Tree::Empty | Tree::Constant(_) => return self.clone(),
            Tree::Lookup(lookup) => {
                Self::lookup(lookup.operator, lookup.operands.iter().map(|operand| operand.behind(base)).collect())
            }
            Tree::Group(group) => Self::group(group.connector, group.parts.iter().map(|part| part.behind(base))),
        };
        if self.negated { plain.negate() } else { plain }
    }
}

impl Node {
    fn behind(&self, base: &'static Path) -> Self {
        match self {
            Self::Column(column) => Self::Column(Column { path: column.path.behind(base), field: column.field }),
            Self::Call(call) => {
                let arguments = call.arguments.iter().map(|argument| argument.behind(base)).collect();
                Self::call(call.function.behind(base), arguments, call.kind, call.nullable)
            }
            Self::Condition(condition) => Self::Condition(condition.behind(base)),
            Self::Value(_) | Self::Fault(_) => self.clone(),
        }
    }
}

impl Function {
    fn behind(&self, base: &'static Path) -> Self {
        match self {
            Self::Aggregate { function, distinct, filter } => {
                let filter = filter.as_ref().map(|filter| filter.behind(base));
                Self::Aggregate { function: *function, distinct: *distinct, filter }
            }
            operator => operator.clone(),
        }
    }
}
