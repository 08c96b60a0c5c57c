//! Decimals of a database that keeps them as text: in one form per column, so that equality needs no collation and an
//! index serves it.

use rust_decimal::Decimal;

use super::plan::Expr;
use crate::model::FieldDef;
use crate::value::Kind;

/// The form in which a column keeps its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With so many digits behind the point.
    Places(u32),
    /// Without zeros at the end.
    Shortest,
}

impl Form {
    /// The form of a column.
    pub(crate) fn of(field: &FieldDef) -> Self {
        field.scale().map_or(Self::Shortest, |(_, places)| Self::Places(places))
    }

    /// The form that all operands have: those of columns, while values take any. None if nothing settles it.
    pub(crate) fn shared(operands: &[Expr<'_>]) -> Option<Self> {
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

    /// A decimal in this form. One with more digits than a column has keeps them, and so equals nothing in it.
    pub(crate) fn formed(self, decimal: Decimal) -> Decimal {
        let mut formed = decimal.normalize();
        match self {
            Self::Places(places) if formed.scale() < places => formed.rescale(places),
            _ => {}
        }
        formed
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
