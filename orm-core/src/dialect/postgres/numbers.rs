//! Numbers that are computed, and those of others that are read as numbers of another kind.

use crate::statement::{no_float, not_whole};
use crate::value::Kind;

/// A float of 64 bits as it is compared where 32 bits of it are read: what is beyond them, and would be an error, is the number
/// that it is, and what is next to nothing is zero.
pub(super) const SINGLE: &str = concat!(
    "CASE WHEN ABS({0}) <= 7.006492321624085E-46 THEN 0 WHEN ABS({0}) < 3.4028235677973366E38 THEN CAST({0} AS REAL)",
    " ELSE {0} END",
);

/// A text that is no integer, in words that come back in the error.
macro_rules! told {
    ($words:expr) => {
        concat!("CAST(CAST({0} AS TEXT) || '", $words, "' || {1} AS BIGINT)")
    };
}

pub(super) use told;

/// An integer that a float of a type has exactly; else an error.
macro_rules! if_float {
    ($float:literal, $then:literal, $end:literal) => {
        concat!(
            "(CASE WHEN CAST(CAST({0} AS ",
            $float,
            ") AS BIGINT) = {0} THEN ",
            $then,
            " ELSE ",
            told!(no_float!()),
            $end,
            " END)"
        )
    };
}

/// A whole number; else an error.
macro_rules! if_whole {
    ($then:literal, $end:literal) => {
        concat!("(CASE WHEN {0} % 1 = 0 THEN ", $then, " ELSE ", told!(not_whole!()), $end, " END)")
    };
}

/// A decimal of a column that an integer reads, which is an error if it has a fraction.
pub(super) const WHOLE: &str = if_whole!("CAST({0} AS BIGINT)", "");

/// The condition with the same error.
pub(super) const IS_WHOLE: &str = if_whole!("TRUE", " IS NULL");

/// An integer of a column that a float reads, which is an error if it is no float.
pub(super) const fn as_float(kind: Kind) -> &'static str {
    if matches!(kind, Kind::F32) { if_float!("REAL", "{0}", "") } else { if_float!("DOUBLE PRECISION", "{0}", "") }
}

/// The condition with the same error.
pub(super) const fn is_float(kind: Kind) -> &'static str {
    if matches!(kind, Kind::F32) {
        if_float!("REAL", "TRUE", " IS NULL")
    } else {
        if_float!("DOUBLE PRECISION", "TRUE", " IS NULL")
    }
}

pub(super) const fn divide(kind: Kind) -> &'static str {
    match kind {
        // The quotient has at least the digits of the dividend, so the dividend gets more than remain.
        Kind::Decimal => "ROUND(CAST({0} AS NUMERIC(160, 30)) / NULLIF({1}, 0), 10)",
        _ => "({0} / NULLIF({1}, 0))",
    }
}

pub(super) const fn modulo(kind: Kind) -> &'static str {
    match kind {
        // There is no remainder of floats.
        Kind::F32 | Kind::F64 => "CAST((CAST({0} AS NUMERIC) % NULLIF(CAST({1} AS NUMERIC), 0)) AS DOUBLE PRECISION)",
        _ => "({0} % NULLIF({1}, 0))",
    }
}
