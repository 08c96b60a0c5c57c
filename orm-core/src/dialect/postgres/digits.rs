//! How many digits a decimal may have, so that it can be read: at most 28 places, and 96 bits without the point.

use super::numbers::told;
use crate::dialect::{ColumnFacts, Fit, Holds};
use crate::statement::no_decimal;

/// Whether a number can be read. Most have few digits; of the others the zeros at the end do not count. What is no number is
/// greater than all.
macro_rules! is_read {
    ($number:literal) => {
        concat!(
            "(ABS(",
            $number,
            ") < 100000000000000 AND SCALE(",
            $number,
            ") <= 14 OR ",
            $number,
            " = ROUND(",
            $number,
            ", 28) AND CAST(REPLACE(RTRIM(CAST(ROUND(",
            $number,
            ", 28) AS TEXT), '0'), '.', '') AS NUMERIC)",
            " BETWEEN -79228162514264337593543950335 AND 79228162514264337593543950335)"
        )
    };
}

/// A number that can be read; else one past its digits, which NaN is not by itself.
const FITTED: &str = concat!(
    "CASE WHEN ",
    is_read!("{0}"),
    " THEN {0} ELSE CAST(CASE WHEN {0} = 'NaN' THEN 1e29 ELSE 1e29 + ABS({0}) END AS NUMERIC(29, 0)) END"
);

/// A number as a column of decimals stores it; none where its type sees to that.
pub(super) fn fitted(fit: &Fit) -> Option<String> {
    let number = match fit.to {
        Holds::Decimals(Some((digits @ ..=1000, places))) if !fit.own || fit.long().is_some() => {
            format!("CAST({{0}} AS NUMERIC({digits}, {places}))")
        }
        _ => match fit.long()? {
            Some(places) => format!("ROUND(CAST({{0}} AS NUMERIC), {places})"),
            None => "CAST({0} AS NUMERIC)".to_owned(),
        },
    };
    Some(if fit.long().is_some() { FITTED.replace("{0}", &number) } else { number })
}

macro_rules! if_read {
    ($test:expr, $then:literal) => {
        concat!("(CASE WHEN ", $test, " THEN ", $then, " WHEN ", told!(no_decimal!()), " IS NULL THEN ", $then, " END)")
    };
}

/// Whether a float is in the range of decimals, which what is no number is not.
macro_rules! is_near {
    () => {
        "{0} > -7.922816251426433e28 AND {0} < 7.922816251426433e28"
    };
}

/// The condition that fails unless a number of others is read as a decimal.
pub(super) fn is_read(column: &ColumnFacts) -> Option<&'static str> {
    match column.base.as_str() {
        "numeric" => Some(if_read!(is_read!("{0}"), "TRUE")),
        "float4" | "float8" => Some(if_read!(is_near!(), "TRUE")),
        _ => None,
    }
}

/// The number itself, with the same error.
pub(super) fn read(column: &ColumnFacts) -> Option<&'static str> {
    match column.base.as_str() {
        "numeric" => Some(if_read!(is_read!("{0}"), "{0}")),
        "float4" | "float8" => Some(if_read!(is_near!(), "{0}")),
        _ => None,
    }
}
