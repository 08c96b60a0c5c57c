//! Columns of tables that the library did not make, which may hold what is not read: anything on a database that keeps any value
//! in any column, a fraction where the field is an integer. Such a value must not match by its type (a number is less than every
//! text), be rounded, be ordered or counted in, so it is an error there too.
//!
//! An expression has the value of a column from a function that fails. A comparison, a join and an order have the bare column,
//! so that an index serves, and beside them a condition that fails.

use super::collation::declared;
use super::writer::{Scope, Writer};
use crate::ast::{LookupOperator, Node};
use crate::error::Result;
use crate::model::{Column, FieldDef, ModelDef};
use crate::planner::{Clause, Joins, Place, Term};
use crate::value::Kind;

impl Writer<'_> {
    /// Whether a column may hold what is not read.
    pub(super) fn is_doubtful(&self, model: &ModelDef, field: &FieldDef) -> bool {
        !self.is_inline() && self.condition_of(model, field).is_some()
    }

    fn condition_of(&self, model: &ModelDef, field: &FieldDef) -> Option<&'static str> {
        if self.has_own_type(model, field) {
            return None;
        }
        self.spelling().readable(field.kind, self.column_facts(model, field).as_ref())
    }

    /// A column, with an error where it holds what is not read.
    pub(super) fn checked(&mut self, column: Column, scope: Scope<'_>) -> Result<()> {
        let (path, field) = column.shortest();
        self.value_of(path.model, field, |writer| writer.column(column, scope))
    }

    /// The column of a place, with the same error.
    pub(super) fn checked_at(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        self.value_of(joins.model(place), field, |writer| writer.write_at(joins, place, field))
    }

    fn value_of(&mut self, model: &ModelDef, field: &FieldDef, write: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        // What a function gives has no collation any more, and the one that was wished for may be any.
        let bare = !self.is_doubtful(model, field) || (field.kind == Kind::Text && declared(field).is_some());
        let column = if bare { None } else { self.column_facts(model, field) };
        match self.spelling().checked(field.kind, column.as_ref()).filter(|_| !bare) {
            Some(template) => self.asked(template, field, write),
            None => write(self),
        }
    }

    /// The condition with the same error; true where the column of a place is read.
    pub(super) fn readable_at(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        let template = self.condition_of(joins.model(place), field).unwrap_or("TRUE");
        self.asked(template, field, |writer| writer.write_at(joins, place, field))
    }

    fn readable(&mut self, column: Column, scope: Scope<'_>) -> Result<()> {
        let (path, field) = column.shortest();
        let template = self.condition_of(path.model, field).unwrap_or("TRUE");
        self.asked(template, field, |writer| writer.column(column, scope))
    }

    fn asked(&mut self, template: &str, field: &FieldDef, write: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        self.template(template, &mut |writer, slot| match slot {
            b'0' => write(writer),
            _ => writer.write(&writer.spelling().text_literal(field.column)),
        })
    }

    /// A comparison that fails with an error where it meets a value that is not read. What equals a value of ours is looked
    /// for first; any other comparison comes after, unless it costs less.
    pub(super) fn readable_clause(&mut self, clause: &Clause<'_>, scope: Scope<'_>) -> Result<()> {
        if self.is_ours() {
            return self.bare_clause(clause, scope);
        }
        let columns = self.doubtful(clause);
        if columns.is_empty() {
            return self.bare_clause(clause, scope);
        }
        let first = is_sought(clause) || columns.iter().all(|column| self.spelling().orders_unread(column.field.kind));
        self.push("(");
        if first {
            self.bare_clause(clause, scope)?;
            self.push(" AND ");
        }
        self.separated(columns, " AND ", |writer, column| writer.readable(column, scope))?;
        if !first {
            self.push(" AND ");
            self.bare_clause(clause, scope)?;
        }
        self.write(")")
    }

    /// The columns by whose unread values a comparison might hold; expressions have the values of theirs checked.
    fn doubtful(&self, clause: &Clause<'_>) -> Vec<Column> {
        let operands = match clause {
            Clause::Any { left, .. } => std::slice::from_ref(*left),
            Clause::Test { lookup, .. } if lookup.operator != LookupOperator::IsNull => &lookup.operands,
            _ => return Vec::new(),
        };
        let column = |operand: &Node| match operand {
            Node::Column(column) => Some(*column),
            _ => None,
        };
        let columns = operands.iter().filter_map(column);
        columns
            .filter(|column| {
                let (path, field) = column.shortest();
                self.is_doubtful(path.model, field)
            })
            .collect()
    }

    /// The columns of an order that may hold what is not read.
    pub(super) fn doubtful_order(&self, order: &[Term<'_>], joins: &Joins) -> Result<Vec<(Place, &'static FieldDef)>> {
        let mut columns = Vec::new();
        for term in order.iter().filter(|term| !term.is_null) {
            let located = term.what.located(joins)?;
            columns.extend(located.filter(|(place, field)| self.is_doubtful(joins.model(*place), field)));
        }
        Ok(columns)
    }
}

/// Tells whether a comparison holds for what equals values that are known.
fn is_sought(clause: &Clause<'_>) -> bool {
    use LookupOperator as L;
    match clause {
        Clause::Any { negated, .. } => !negated,
        Clause::Test { lookup, negated: false } => match lookup.operator {
            L::KeyIn => true,
            L::Eq | L::In => matches!(lookup.operands.as_slice(), [Node::Column(_), Node::Value(_)]),
            _ => false,
        },
        _ => false,
    }
}
