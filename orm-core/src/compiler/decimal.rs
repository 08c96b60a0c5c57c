//! Decimals of a database that keeps them as text: in one form per column, so that equality needs no collation and an
//! index serves it; by number in all else.

use rust_decimal::Decimal;

use super::arithmetic::as_kind;
use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{Pattern, Test};
use crate::model::FieldDef;
use crate::planner::Expr;
use crate::value::{Kind, Value};

/// The form in which a column keeps its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// With so many digits behind the point.
    Places(u32),
    /// Without zeros at the end.
    Shortest,
}

impl Form {
    pub(super) fn of(field: &FieldDef) -> Self {
        field.scale().map_or(Self::Shortest, |(_, places)| Self::Places(places))
    }

    /// The form that all operands have: those of columns, while values take any. None if nothing settles it.
    pub(super) fn shared(operands: &[Expr<'_>]) -> Option<Self> {
        let mut shared = None;
        for operand in operands {
            if operand.as_value().is_some() {
                continue;
            }
            let column = operand.as_column().filter(|column| column.field.kind == Kind::Decimal)?;
            let form = Self::of(column.field);
            if shared.is_some_and(|known| known != form) {
                return None;
            }
            shared = Some(form);
        }
        shared
    }

    /// A value in this form. One with more digits than a column has keeps them, and so equals nothing in it.
    pub(super) fn apply(self, value: Value) -> Value {
        let Value::Decimal(decimal) = as_kind(value.clone(), Kind::Decimal) else { return value };
        Value::Decimal(self.formed(decimal))
    }

    pub(super) fn formed(self, decimal: Decimal) -> Decimal {
        let mut formed = decimal.normalize();
        match self {
            Self::Places(places) if formed.scale() < places => formed.rescale(places),
            _ => {}
        }
        formed
    }
}

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
    pub(super) fn listed(&self, left: &Expr<'_>, kind: Kind, value: &Value) -> Value {
        match kind {
            Kind::Decimal => self.decimal(value, std::slice::from_ref(left)),
            kind => as_kind(value.clone(), kind),
        }
    }

    /// A value that meets decimals, as it is bound.
    pub(super) fn decimal(&self, value: &Value, beside: &[Expr<'_>]) -> Value {
        match Form::shared(beside).filter(|_| self.features().decimals_as_text) {
            Some(form) => form.apply(value.clone()),
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

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::Form;

    #[test]
    fn equal_decimals_have_one_text() {
        let formed = |form: Form, text: &str| {
            text.parse::<Decimal>().map_or_else(|error| error.to_string(), |decimal| form.formed(decimal).to_string())
        };
        for zero in ["0", "-0", "0.000", "-0.00"] {
            assert_eq!(formed(Form::Places(2), zero), "0.00");
            assert_eq!(formed(Form::Shortest, zero), "0");
        }
        for (text, places, shortest) in [("7.1", "7.10", "7.1"), ("-7.100", "-7.10", "-7.1"), ("100", "100.00", "100")]
        {
            assert_eq!((formed(Form::Places(2), text), formed(Form::Shortest, text)), (places.into(), shortest.into()));
        }
        assert_eq!(formed(Form::Places(2), "1.005"), "1.005");
    }
}
