//! Columns of tables that the library did not make, which may hold what is not read: anything on a database that keeps any value
//! in any column, a fraction where the field is an integer. Such a value must not match by its type (a number is less than every
//! text), be rounded, be ordered or counted in, so it is an error there too.
//!
//! An expression has the value of a column from a function that fails. A comparison, a join and an order have the bare column,
//! so that an index serves, and beside them a condition that fails.

use std::slice::from_ref;

use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::declared;
use crate::error::Result;
use crate::planner::{Clause, Col, Expr, Term};
use crate::value::Kind;

impl Writer<'_> {
    /// Whether a column may hold what is not read.
    pub(super) fn is_doubtful(&self, column: Col) -> bool {
        !self.is_inline() && self.condition_of(column).is_some()
    }

    fn condition_of(&self, column: Col) -> Option<&'static str> {
        if column.has_own_type() {
            return None;
        }
        let facts = self.column_facts(column.table.model, column.field);
        self.spelling().readable(column.field.kind, facts.as_ref())
    }

    /// A column, with an error where it holds what is not read; any other expression.
    pub(super) fn checked(&mut self, node: &Expr<'_>) -> Result<()> {
        let Some(column) = node.as_column() else { return self.bare(node) };
        let field = column.field;
        // What a function gives has no collation any more, and the one that was wished for may be any.
        if !self.is_doubtful(column) || (field.kind == Kind::Text && declared(field).is_some()) {
            return self.bare(node);
        }
        let facts = self.column_facts(column.table.model, field);
        match self.spelling().checked(field.kind, facts.as_ref()) {
            Some(template) => self.asked(template, node, column),
            None => self.bare(node),
        }
    }

    /// The condition with the same error; true where the column is read.
    pub(super) fn readable(&mut self, column: Col) -> Result<()> {
        self.readable_at(&Expr::Column(column), column)
    }

    fn readable_at(&mut self, node: &Expr<'_>, column: Col) -> Result<()> {
        let template = self.condition_of(column).unwrap_or("TRUE");
        self.asked(template, node, column)
    }

    fn asked(&mut self, template: &str, node: &Expr<'_>, column: Col) -> Result<()> {
        self.template(template, &mut |writer, slot| match slot {
            b'0' => writer.bare(node),
            _ => writer.write(&writer.spelling().text_literal(column.field.column)),
        })
    }

    /// A comparison that fails with an error where it meets a value that is not read. What equals a value of ours is looked
    /// for first; any other comparison comes after, unless it costs less.
    pub(super) fn readable_clause(&mut self, clause: &Clause<'_>) -> Result<()> {
        let columns = self.doubtful(clause);
        if columns.is_empty() {
            return self.bare_clause(clause);
        }
        let is_ordered = |(_, column): &(&Expr<'_>, Col)| self.spelling().orders_unread(column.field.kind);
        let first = is_sought(clause) || columns.iter().all(is_ordered);
        self.push("(");
        if first {
            self.bare_clause(clause)?;
            self.push(" AND ");
        }
        self.separated(columns, " AND ", |writer, (node, column)| writer.readable_at(node, column))?;
        if !first {
            self.push(" AND ");
            self.bare_clause(clause)?;
        }
        self.write(")")
    }

    /// The columns by whose unread values a comparison might hold; expressions have the values of theirs checked.
    fn doubtful<'c, 'q>(&self, clause: &'c Clause<'q>) -> Vec<(&'c Expr<'q>, Col)> {
        let operands = match clause {
            Clause::Any { left, .. } => from_ref(left),
            Clause::Forms(forms) => from_ref(&forms.left),
            Clause::Near(near) => &near.operands[..],
            Clause::Listed(listed) => return self.doubtful_among(listed.columns.iter().map(|column| &column.left)),
            Clause::Test { operator, operands, .. } if *operator != LookupOperator::IsNull => &operands[..],
            _ => return Vec::new(),
        };
        self.doubtful_among(operands.iter())
    }

    fn doubtful_among<'c, 'q: 'c>(&self, nodes: impl Iterator<Item = &'c Expr<'q>>) -> Vec<(&'c Expr<'q>, Col)> {
        let columns = nodes.filter_map(|node| Some((node, node.as_column()?)));
        columns.filter(|(_, column)| self.is_doubtful(*column)).collect()
    }

    /// The columns of an order that may hold what is not read.
    pub(super) fn doubtful_order(&self, order: &[Term<'_>]) -> Vec<Col> {
        let columns = order.iter().filter(|term| !term.is_null).filter_map(|term| term.what.as_column());
        columns.filter(|column| self.is_doubtful(*column)).collect()
    }
}

/// Tells whether a comparison holds for what equals values that are known.
fn is_sought(clause: &Clause<'_>) -> bool {
    use LookupOperator as L;
    match clause {
        Clause::Any { negated, .. } => !negated,
        Clause::Listed(listed) => !listed.negated && !listed.differs,
        Clause::Forms(forms) => !forms.negated && forms.operator != L::Differs,
        Clause::Near(near) => near.operator == L::Eq,
        Clause::Test { operator, operands, negated: false } => match (operator, &operands[..]) {
            (L::Eq | L::In, [left, right]) => left.as_column().is_some() && right.as_value().is_some(),
            _ => false,
        },
        _ => false,
    }
}
