//! Expressions of a query with their columns found: each stands in a table of the statement.

use super::plan::{Called, Expr, Operands, Related};
use super::tables::{Col, Joins, Name, Table};
use crate::ast::{Call, Node};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::model::{Column, ModelDef};

/// Where the expressions of a query stand.
#[derive(Debug)]
pub(super) struct Scope<'d> {
    pub(super) dialect: &'d Dialect,
    /// The tables that were needed so far.
    pub(super) joins: Joins,
    paths: Paths,
}

/// What becomes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paths {
    /// It is joined.
    Joined,
    /// A subquery follows it from the row that is changed.
    Followed,
    /// It has no place here.
    Refused,
}

impl<'d> Scope<'d> {
    /// The rows of a model, with those that its paths lead to.
    pub(super) fn rows(model: &'static ModelDef, dialect: &'d Dialect) -> Self {
        Self { dialect, joins: Joins::new(model), paths: Paths::Joined }
    }

    /// The one row that is changed.
    pub(super) fn changed(model: &'static ModelDef, dialect: &'d Dialect) -> Self {
        Self { paths: Paths::Followed, ..Self::rows(model, dialect) }
    }

    /// The schema of a table.
    pub(super) fn schema(model: &'static ModelDef, dialect: &'d Dialect) -> Self {
        let mut joins = Joins::new(model);
        joins.root.name = Name::Bare;
        Self { dialect, joins, paths: Paths::Refused }
    }

    /// An expression.
    pub(super) fn expr<'q>(&mut self, node: &'q Node) -> Result<Expr<'q>> {
        match node {
            Node::Column(column) => self.column(*column),
            Node::Value(value) => Ok(Expr::value(value)),
            Node::Fault(fault) => Err(fault.clone()),
            Node::Outer { .. } => Err(Error::internal("a column of an outer query is not planned yet")),
            Node::Subquery { .. } => Err(Error::internal("a subquery is not planned yet")),
            Node::Call(call) => self.call(call),
            Node::Condition(condition) => Ok(Expr::Truth(Box::new(self.clause(condition, false)?))),
        }
    }

    /// Several expressions.
    pub(super) fn exprs<'q>(&mut self, nodes: &'q [Node]) -> Result<Operands<'q>> {
        Ok(match nodes {
            [one] => Operands::One([self.expr(one)?]),
            [left, right] => Operands::Two([self.expr(left)?, self.expr(right)?]),
            several => Operands::Any(several.iter().map(|node| self.expr(node)).collect::<Result<_>>()?),
        })
    }

    fn call<'q>(&mut self, call: &'q Call) -> Result<Expr<'q>> {
        let filter = call.filter.as_ref().map(|filter| self.clause(filter, false)).transpose()?;
        let filter = filter.filter(|filter| !filter.is_always());
        let arguments = self.exprs(&call.arguments)?;
        let called = Called { call, arguments, filter };
        let has_filter = self.dialect.features().aggregate_filter;
        Ok(Expr::Call(Box::new(if has_filter { called } else { called.without_filter() })))
    }

    fn column<'q>(&mut self, column: Column) -> Result<Expr<'q>> {
        match self.paths {
            Paths::Joined => self.joins.add_column(column).map(|column| Expr::Column(self.known(column))),
            Paths::Followed => self.related(column),
            Paths::Refused => self.bare(column).map(Expr::Column),
        }
    }

    /// A column with what is known of it.
    fn known(&self, column: Col) -> Col {
        if column.has_own_type() {
            return column;
        }
        let facts = self.dialect.column_facts(column.table.model, column.field);
        let nulls_others = facts.is_some_and(|facts| self.dialect.spelling().reads_as_null(&facts));
        Col { nulls_others, ..column }
    }

    /// A column seen from the row that is changed: behind a path, by a subquery.
    fn related<'q>(&self, column: Column) -> Result<Expr<'q>> {
        let mut joins = Joins { list: Vec::new(), ..self.joins.clone() };
        let column = self.known(joins.add_column(column)?);
        if joins.is_empty() {
            return Ok(Expr::Column(column));
        }
        let changed = joins.root().model;
        let is_copied = |table: Table| table.model.same_table(changed) && !self.dialect.features().reads_target;
        let steps = joins.list.iter().map(|join| (*join, is_copied(join.table))).collect();
        Ok(Expr::Related(Box::new(Related { column, steps })))
    }

    /// A column of the table whose schema is written.
    fn bare(&self, column: Column) -> Result<Col> {
        let (path, field) = column.shortest();
        let root = self.joins.root();
        if path.is_empty() && path.model == root.model {
            return Ok(root.column(field));
        }
        Err(Error::configuration(format!(
            "a condition in the schema of `{}` can only name its own columns, not `{}`",
            root.model.name, column.field.name
        )))
    }
}
