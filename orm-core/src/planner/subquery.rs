//! Queries inside other queries: as a value, as a list of values, and as the question whether there is a row.

use super::plan::{Clause, Expr, Inner, Operands, Plan, Shown};
use super::scope::{Mark, Scope};
use super::select;
use crate::ast::{LookupOperator, Node, Output, Part, Select, Subquery};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Kind;

impl Scope<'_> {
    /// The one value of a query; NULL if it has no row.
    pub(super) fn value<'q>(&mut self, query: &'q Subquery, kind: Kind, nullable: bool) -> Result<Expr<'q>> {
        let plan = self.inside(query.select.model, |scope| scope.values_of(&query.select))?;
        let nullable = nullable || plan.output().is_none_or(Expr::can_be_null);
        Ok(Expr::Subquery(Box::new(Inner { plan, kind, nullable })))
    }

    /// Whether an expression is one of the values of a query.
    pub(super) fn one_of<'q>(&mut self, left: &'q Node, query: &'q Subquery, negated: bool) -> Result<Clause<'q>> {
        let left = self.expr(left)?;
        let plan = self.inside(query.select.model, |scope| scope.list_of(&query.select))?;
        let (kind, nullable) = plan.output().map_or((Kind::Text, true), |output| (output.kind(), output.can_be_null()));
        let list = Expr::Subquery(Box::new(Inner { plan, kind, nullable }));
        Ok(Clause::Test { operator: LookupOperator::In, operands: Operands::Two([left, list]), negated })
    }

    /// Whether a query has any row, or has none.
    pub(super) fn any_row<'q>(&mut self, query: &'q Subquery, negated: bool) -> Result<Clause<'q>> {
        let mark = self.mark();
        let rows = self.inside(query.select.model, |scope| select::existence(&query.select, scope))?;
        let Some(rows) = rows else {
            self.forget(mark);
            return Ok(Clause::Constant(negated));
        };
        Ok(Clause::Exists { rows: Box::new(rows), negated })
    }

    /// The plan of a query for a place where this database takes no LIMIT.
    pub(super) fn without_limit<'q>(&self, plan: Plan<'q>, since: Mark) -> Result<Plan<'q>> {
        if !plan.is_sliced() || self.dialect.features().limit_in_subquery {
            return Ok(plan);
        }
        self.check_apart(since)?;
        Ok(Plan { shown: plan.shown, ..Plan::around(plan) })
    }

    /// Refuses a query in FROM that reads a query around it, where the database cannot do that.
    pub(super) fn check_apart(&self, since: Mark) -> Result<()> {
        if self.dialect.features().outer_in_from || !self.reads_around(self.depth(), since) {
            return Ok(());
        }
        let feature = "a slice, or rows that are told apart, of a query that reads the query around it".to_owned();
        Err(ErrorKind::Unsupported { feature, backend: self.dialect.name() }.into())
    }

    /// The values that a query selects, as a list.
    fn list_of<'q>(&mut self, query: &'q Select) -> Result<Plan<'q>> {
        let since = self.mark();
        let plan = self.values_of(query)?;
        self.without_limit(plan, since)
    }

    /// The values that a query selects. An aggregate is over its rows, after its slice.
    fn values_of<'q>(&mut self, query: &'q Select) -> Result<Plan<'q>> {
        let [Output::Node(node)] = query.outputs() else {
            return Err(Error::internal("a subquery that stands for a value selects one expression"));
        };
        let plan = if has_aggregate(node) {
            select::values(query, std::slice::from_ref(node), self)?
        } else {
            select::inner(query, self)?
        };
        Ok(Plan { shown: Shown::Value, ..plan })
    }
}

/// Tells whether an expression is over many rows of its own query.
fn has_aggregate(node: &Node) -> bool {
    let mut own = node.walk().entering(|part| !matches!(part, Part::Select(_)));
    own.any(|part| matches!(part, Part::Node(Node::Call(call)) if call.function.is_aggregate()))
}
