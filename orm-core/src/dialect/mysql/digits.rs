//! How many digits a decimal may have, so that it can be read: at most 28 places, and 96 bits without the point.

use super::numbers::told;
use crate::dialect::{ColumnFacts, Fit, Holds};
use crate::statement::no_decimal;

/// Whether a number can be read, without the zeros at its end.
macro_rules! is_read {
    () => {
        concat!(
            "{0} = CAST({0} AS DECIMAL(65, 28))",
            " AND CAST(REPLACE(TRIM(TRAILING '0' FROM CAST({0} AS DECIMAL(65, 28))), '.', '') AS DECIMAL(65, 0))",
            " BETWEEN -79228162514264337593543950335 AND 79228162514264337593543950335"
        )
    };
}

/// A number that can be read; else a sum past 64 bits.
const FITTED: &str = concat!("IF(", is_read!(), ", {0}, 9223372036854775807 + ({0} = {0}))");

/// A number as a column of decimals stores it; none where its type sees to that.
pub(super) fn fitted(fit: &Fit) -> Option<String> {
    let number = match fit.to {
        Holds::Decimals(Some((digits @ ..=65, places @ ..=30))) if !fit.own || fit.long().is_some() => {
            format!("CAST({{0}} AS DECIMAL({digits}, {places}))")
        }
        _ => match fit.long()? {
            Some(places) => format!("ROUND({{0}}, {places})"),
            None => "{0}".to_owned(),
        },
    };
    Some(if fit.long().is_some() { FITTED.replace("{0}", &number) } else { number })
}

/// The condition that fails unless a number of others is read as a decimal.
pub(super) fn is_read(column: &ColumnFacts) -> Option<&'static str> {
    is_long(column).then_some(concat!("IF(NOT (", is_read!(), "), ", told!(no_decimal!()), ", TRUE)"))
}

/// The number itself, with the same error.
pub(super) fn read(column: &ColumnFacts) -> Option<&'static str> {
    is_long(column).then_some(concat!("IF(NOT (", is_read!(), ") AND ", told!(no_decimal!()), ", NULL, {0})"))
}

/// Whether a column has room for more digits than are read.
fn is_long(column: &ColumnFacts) -> bool {
    let digits = column.base_name.strip_prefix("decimal(").and_then(|rest| rest.split(',').next()?.parse::<u32>().ok());
    digits.is_some_and(|digits| digits > 28)
}
