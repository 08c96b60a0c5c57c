//! How many digits a decimal may have, so that it can be read: at most 28 places, and 96 bits without the point.

use crate::dialect::{Fit, Holds};

/// A number that can be read, without the zeros at its end; else a sum past 64 bits.
const FITTED: &str = concat!(
    "IF({0} = CAST({0} AS DECIMAL(65, 28))",
    " AND CAST(REPLACE(TRIM(TRAILING '0' FROM CAST({0} AS DECIMAL(65, 28))), '.', '') AS DECIMAL(65, 0))",
    " BETWEEN -79228162514264337593543950335 AND 79228162514264337593543950335,",
    " {0}, 9223372036854775807 + ({0} = {0}))",
);

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
