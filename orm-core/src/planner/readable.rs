//! Columns of tables that the library did not make, which may hold what is not read: anything on a database that keeps any value
//! in any column, a fraction where the field is an integer. Such a value must not match by its type (a number is less than every
//! text), be rounded, be ordered or counted in, so it is an error there too.
//!
//! A comparison, a join and an order have the bare column, so that an index serves, and beside them a condition that fails. (In
//! an expression the compiler has the value from a function that fails.)

use std::slice::from_ref;

use super::plan::{Clause, Expr, Term};
use super::scope::Scope;
use crate::ast::LookupOperator;
use crate::dialect::Dialect;

impl Scope<'_> {
    /// The same condition, with an error where a comparison meets a value that is not read. Where only truth counts, what is not true is
    /// passed over, and need not be looked at.
    pub(super) fn checked<'q>(&self, clause: Clause<'q>, only_truth: bool) -> Clause<'q> {
        let all =
            |parts: Vec<Clause<'q>>, only_truth| parts.into_iter().map(|part| self.checked(part, only_truth)).collect();
        match clause {
            Clause::And(parts) => Clause::And(all(parts, only_truth)),
            Clause::Or(parts) => Clause::Or(all(parts, only_truth)),
            Clause::Xor { parts, negated } => Clause::Xor { parts: all(parts, false), negated },
            test => self.checked_test(test, only_truth),
        }
    }

    /// What equals a value of ours is looked for first, where only truth counts; any other comparison comes after, unless it costs less.
    fn checked_test<'q>(&self, test: Clause<'q>, only_truth: bool) -> Clause<'q> {
        let unread: Vec<Expr<'q>> = compared(&test).filter(|node| self.may_be_unread(node)).cloned().collect();
        if unread.is_empty() {
            return test;
        }
        let spelling = self.dialect.spelling();
        let first = only_truth && (is_sought(&test) || unread.iter().all(|node| spelling.orders_unread(node.kind())));
        let mut parts: Vec<Clause<'q>> = unread.into_iter().map(Clause::Readable).collect();
        parts.insert(if first { 0 } else { parts.len() }, test);
        Clause::And(parts)
    }

    /// The same condition, with an error where an order would meet a value that is not read.
    pub(super) fn checked_for<'q>(&self, condition: Clause<'q>, order: &[Term<'q>]) -> Clause<'q> {
        let ordered = order.iter().filter(|term| !term.is_null).map(|term| &term.what);
        let unread: Vec<Clause<'q>> =
            ordered.filter(|node| self.may_be_unread(node)).cloned().map(Clause::Readable).collect();
        if unread.is_empty() {
            return condition;
        }
        let given = if condition.is_always() { None } else { Some(condition) };
        Clause::And(given.into_iter().chain(unread).collect())
    }

    /// Tells whether an expression is a column that may hold what is not read.
    fn may_be_unread(&self, node: &Expr<'_>) -> bool {
        !self.is_schema() && node.may_be_unread(self.dialect)
    }
}

impl Expr<'_> {
    fn may_be_unread(&self, dialect: &Dialect) -> bool {
        self.as_column().is_some_and(|column| column.may_be_unread(dialect))
    }
}

/// What is compared: a column among it could hold for a value that is not read.
fn compared<'c, 'q>(test: &'c Clause<'q>) -> impl Iterator<Item = &'c Expr<'q>> {
    let (operands, listed): (&[Expr<'q>], _) = match test {
        Clause::In { left, .. } => (from_ref(left), None),
        Clause::Forms(forms) => (from_ref(&forms.left), None),
        Clause::Near(near) => (&near.operands, None),
        Clause::Test { operands, .. } => (operands, None),
        Clause::Listed(listed) => (&[], Some(&listed.columns)),
        _ => (&[], None),
    };
    operands.iter().chain(listed.into_iter().flatten().map(|column| &column.left))
}

/// Tells whether a comparison holds for what equals values that are known.
fn is_sought(test: &Clause<'_>) -> bool {
    use LookupOperator as L;
    match test {
        Clause::In { negated, .. } => !negated,
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
