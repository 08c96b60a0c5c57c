//! Decimals of a database that keeps them as text: equal texts where the form of columns settles it, numbers in all else.

use super::arithmetic::as_kind;
use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{Pattern, Test};
use crate::planner::{Expr, Form};
use crate::value::{Kind, Value};

impl Writer<'_> {
    /// Tells whether a comparison of decimals is one of equal texts.
    pub(super) fn is_settled(&self, operator: LookupOperator, operands: &[Expr<'_>]) -> bool {
        use LookupOperator as L;
        let equality = matches!(operator, L::Eq | L::Differs | L::In | L::IsNull);
        equality && self.features().decimals_as_text && Form::shared(operands).is_some()
    }

    /// The words of a comparison of decimals; in a schema, of what they are counted as.
    pub(super) fn decimal_test(&self, operator: LookupOperator, operands: &[Expr<'_>]) -> Test {
        let settled = self.is_settled(operator, operands);
        if settled || !self.counts_digits() {
            return self.spelling().test(operator, Kind::Decimal, settled);
        }
        Test { pattern: Pattern::Counted, ..self.spelling().test(operator, Kind::I64, true) }
    }

    /// A value of a list, as it is bound.
    pub(super) fn item(&self, left: &Expr<'_>, kind: Kind, value: &Value) -> Value {
        match kind {
            Kind::Decimal => self.decimal(value, std::slice::from_ref(left)),
            kind => as_kind(value.clone(), kind),
        }
    }

    /// A value that meets decimals, as it is bound.
    pub(super) fn decimal(&self, value: &Value, beside: &[Expr<'_>]) -> Value {
        match Form::shared(beside).filter(|_| self.features().decimals_as_text) {
            Some(form) => match as_kind(value.clone(), Kind::Decimal) {
                Value::Decimal(decimal) => Value::Decimal(form.formed(decimal)),
                value => value,
            },
            None => as_kind(value.clone(), Kind::Decimal),
        }
    }

    /// What follows an expression whose equal values count as one.
    pub(super) fn told_apart(&mut self, node: &Expr<'_>) {
        if self.features().decimals_as_text
            && node.kind() == Kind::Decimal
            && Form::shared(std::slice::from_ref(node)).is_none()
        {
            self.push(self.spelling().compared(Kind::Decimal));
        }
    }
}
