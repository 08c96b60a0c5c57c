//! Queries inside other queries: as a value, as a list of values, and as the question whether there is any row.

use std::sync::Arc;

use super::comparison::LookupOperator;
use super::node::{Condition, Node, Tree};
use super::select::{Output, Select};
use super::walk::Part;
use crate::error::{Error, Result};

/// A SELECT inside another query. It has no prefetches and no fault.
///
/// As a value it is NULL if it has no row. An aggregate always has one: it is over the rows that the query has after its
/// slice, so `COUNT` of none is 0.
pub struct Subquery {
    /// The query. Its own columns are `Node::Column`, those of the queries around it `Node::Outer`.
    pub select: Select,
    depth: u32,
}

impl Subquery {
    /// A query without its prefetches, which are for rows that are handed out.
    ///
    /// # Errors
    /// The query's own fault.
    pub fn new(mut select: Select) -> Result<Self> {
        if let Some(fault) = select.fault.take() {
            return Err(fault);
        }
        select.prefetch.clear();
        let depth = 1 + Part::Select(&select).depth();
        Ok(Self { select, depth })
    }

    /// How many calls, groups and subqueries stand inside each other, itself included; known without a walk.
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// The one expression that it selects.
    fn output(&self) -> Result<&Node> {
        match self.select.outputs() {
            [Output::Node(node)] => Ok(node),
            _ => Err(Error::query("a subquery that stands for a value must select exactly one expression")),
        }
    }
}

impl Node {
    /// The value of a query that selects one expression. Of a query with a fault, or with other outputs, a fault, which
    /// is reported when the query around it is compiled.
    pub fn subquery(select: Select) -> Self {
        let scalar = |query: Subquery| {
            let output = query.output()?;
            let (kind, nullable) = (output.kind(), !is_always_there(output));
            Ok(Self::Subquery { query: Arc::new(query), kind, nullable })
        };
        Subquery::new(select).and_then(scalar).unwrap_or_else(Self::Fault)
    }
}

impl Condition {
    /// The condition that a query has at least one row; the complement is that it has none.
    pub fn exists(select: Select) -> Self {
        match Subquery::new(select) {
            Ok(query) => Self { negated: false, tree: Tree::Exists(Arc::new(query)) },
            Err(fault) => Self::lookup(LookupOperator::IsTrue, vec![Node::Fault(fault)]),
        }
    }
}

/// Whether a query that selects this has a row in any case, and a value in it.
fn is_always_there(output: &Node) -> bool {
    matches!(output, Node::Call(call) if call.function.is_aggregate() && !call.nullable)
}
