//! Which numbers a column of others keeps whole.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::{Cell, FieldType, Value};

impl Value {
    /// How many decimal places a number needs: fewer than none if it ends in zeros. None of zero and of what is no number.
    pub(crate) fn places(&self) -> Option<i64> {
        let digits = match self {
            Self::I16(value) => value.to_string(),
            Self::I32(value) => value.to_string(),
            Self::I64(value) => value.to_string(),
            Self::F32(value) => value.to_string(),
            Self::F64(value) => value.to_string(),
            Self::Decimal(value) => value.normalize().to_string(),
            _ => return None,
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        match (whole.trim_end_matches('0'), fraction.len()) {
            ("" | "-", 0) => None,
            (rest, 0) => i64::try_from(whole.len() - rest.len()).ok().map(|zeros| -zeros),
            (_, places) => i64::try_from(places).ok(),
        }
    }

    /// Whether a column of floats, of 32 bits if `single`, gives the value back. One past its range is left to the database.
    pub(crate) fn is_float(&self, single: bool) -> bool {
        let narrow = |float: f64| if single { f64::from(float as f32) } else { float };
        let whole = |value: i64| narrow(value as f64) as i128 == value.into();
        match self {
            Self::I16(value) => whole((*value).into()),
            Self::I32(value) => whole((*value).into()),
            Self::I64(value) => whole(*value),
            Self::F64(value) => !narrow(*value).is_finite() || narrow(*value) == *value,
            Self::Decimal(value) => {
                let float = if single { nearest::<f32>(*value).map(f64::from) } else { nearest(*value) };
                float.and_then(|float| Decimal::decode(Cell::Float(float)).ok()) == Some(*value)
            }
            _ => true,
        }
    }
}

fn nearest<T: FromStr>(decimal: Decimal) -> Option<T> {
    decimal.to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Value {
        Value::Decimal(text.parse().unwrap())
    }

    #[test]
    fn places_are_those_that_the_value_needs() {
        for (value, places) in [
            (decimal("1.005"), Some(3)),
            (decimal("1.500"), Some(1)),
            (decimal("-150.00"), Some(-1)),
            (decimal("0.00"), None),
            (Value::F64(0.1), Some(1)),
            (Value::F64(-0.0), None),
            (Value::F64(1e-7), Some(7)),
            (Value::F32(0.1), Some(1)),
            (Value::I64(149), Some(0)),
            (Value::I64(-1200), Some(-2)),
            (Value::I16(0), None),
            (Value::Text("1.5".into()), None),
        ] {
            assert_eq!(value.places(), places, "{value:?}");
        }
    }

    #[test]
    fn a_float_column_keeps_what_it_gives_back() {
        for (value, single, whole) in [
            (Value::F64(0.1), true, false),
            (Value::F64(0.5), true, true),
            (Value::F64(16_777_217.0), true, false),
            (Value::F64(0.1), false, true),
            (Value::I64(9_007_199_254_740_993), false, false),
            (Value::I64(9_007_199_254_740_992), false, true),
            (Value::I64(i64::MAX), false, false),
            (Value::F64(1e300), true, true),
            (Value::I32(16_777_217), true, false),
            (decimal("0.1"), false, true),
            (decimal("0.1"), true, false),
            (decimal("1234567890123456789.12"), false, false),
        ] {
            assert_eq!(value.is_float(single), whole, "{value:?}, {single}");
        }
    }
}
