//! Dates, times and moments in columns of others. The server has infinity, years before Christ and past 9999, and 24:00:00:
//! none is read, as it could not be sent back.

use super::numbers::told;
use crate::statement::{no_day, no_time_of_day};
use crate::value::Kind;

/// The years from 1 on first, as most are.
macro_rules! if_day {
    ($then:literal) => {
        concat!(
            "(CASE WHEN {0} >= '0001-01-01' AND {0} < '10000-01-01' THEN ",
            $then,
            " WHEN {0} >= '0001-01-01 BC' AND {0} < '0001-01-01' AND ({0} < '0001-02-29 BC' OR {0} >= '0001-03-01 BC') THEN ",
            $then,
            " WHEN ",
            told!(no_day!()),
            " IS NULL THEN ",
            $then,
            " END)"
        )
    };
}

macro_rules! if_time {
    ($then:literal) => {
        concat!(
            "(CASE WHEN {0} < '24:00:00' THEN ",
            $then,
            " WHEN ",
            told!(no_time_of_day!()),
            " IS NULL THEN ",
            $then,
            " END)"
        )
    };
}

/// The condition that fails unless a value of a kind is read.
pub(super) const fn is_read(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Date | Kind::DateTime | Kind::Timestamp => Some(if_day!("TRUE")),
        Kind::Time => Some(if_time!("TRUE")),
        _ => None,
    }
}

/// The value itself, with the same error.
pub(super) const fn read(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Date | Kind::DateTime | Kind::Timestamp => Some(if_day!("{0}")),
        Kind::Time => Some(if_time!("{0}")),
        _ => None,
    }
}
