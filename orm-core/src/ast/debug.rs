//! How trees are printed: structure and values, as far as a reader follows.

use std::fmt;

use super::node::{Call, Condition, Group, Tree};
use super::subquery::Subquery;

/// How deep `Debug` looks into calls, conditions and subqueries; so it takes little stack.
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
            Tree::Exists(query) => f.debug_tuple("Exists").field(query).finish(),
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

impl fmt::Debug for Subquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.depth() > DEBUG_DEPTH {
            return write!(f, "{}(… {} levels)", self.select.model.name, self.depth());
        }
        self.select.fmt(f)
    }
}
