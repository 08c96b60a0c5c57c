//! Dates, times and moments in columns of others. The server has zeros for days and months, days that no month has, and times
//! of 838 hours or below 0: none is read.

use super::numbers::told;
use crate::statement::{no_day, no_time_of_day};
use crate::value::Kind;

/// Whether a day is none. Of a month that is none there is no last day.
macro_rules! no_day_is {
    () => {
        "(DAYOFMONTH({0}) > IFNULL(DAYOFMONTH(LAST_DAY({0})), 0) OR DAYOFMONTH({0}) = 0)"
    };
}

macro_rules! no_time_is {
    () => {
        "({0} < TIME'00:00:00' OR {0} > TIME'23:59:59.999999')"
    };
}

/// The condition that fails unless a value of a kind is read: most days are among the first 28 of a month.
pub(super) const fn is_read(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Date | Kind::DateTime | Kind::Timestamp => Some(concat!(
            "IF(DAYOFMONTH({0}) BETWEEN 1 AND 28 AND MONTH({0}) > 0, TRUE, IF(",
            no_day_is!(),
            ", ",
            told!(no_day!()),
            ", TRUE))"
        )),
        Kind::Time => Some(concat!("IF(", no_time_is!(), ", ", told!(no_time_of_day!()), ", TRUE)")),
        _ => None,
    }
}

/// The value itself, in its type, with the same error.
pub(super) const fn read(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Date | Kind::DateTime | Kind::Timestamp => {
            Some(concat!("IF(", no_day_is!(), " AND ", told!(no_day!()), ", NULL, {0})"))
        }
        Kind::Time => Some(concat!("IF(", no_time_is!(), " AND ", told!(no_time_of_day!()), ", NULL, {0})")),
        _ => None,
    }
}
