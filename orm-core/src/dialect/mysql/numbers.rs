//! Numbers that are computed, and what a column stores of them. An expression past the range ends in a sum that the server
//! cannot compute: casts stop at the last number of their type instead.

use rust_decimal::Decimal;

use super::digits;
use crate::ast::{Call, Function, Node};
use crate::dialect::fit::{Fit, Holds, within};
use crate::statement::{no_float, no_null, not_whole};
use crate::value::{Kind, Value};

/// An integer of a column that may be UNSIGNED, and its differences with it: signed, where it is not past that.
const SIGNED: &str = "(CAST({0} AS DECIMAL(65, 0)) DIV 1)";

/// An integer as a float.
pub(super) const DOUBLE: &str = "CAST({0} AS DOUBLE)";

/// A number of a column that may have another type than its field, as an operand: integers would be divided, and added up to
/// 64 bits, as such.
pub(super) const fn computed(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => Some(SIGNED),
        Kind::F32 | Kind::F64 => Some(DOUBLE),
        // As a decimal with the places that it has.
        Kind::Decimal => Some("({0} + CAST(0 AS DECIMAL(1, 0)))"),
        _ => None,
    }
}

/// Whether a difference may be one from 0 to the least integer of 64 bits, which stays below 0 there, without an error.
pub(super) fn may_wrap(call: &Call) -> bool {
    let of_64_bits = |node: &Node| match node {
        Node::Call(_) | Node::Subquery { .. } => true,
        Node::Column(column) | Node::Outer { column, .. } if !column.has_own_type() => true,
        node => matches!(node.kind(), Kind::I64 | Kind::Duration),
    };
    let is_whole = matches!(call.kind, Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration);
    let is_another = |right: &Node| matches!(right, Node::Value(value) if !matches!(value, Value::I64(i64::MIN) | Value::Duration(i64::MIN)));
    is_whole && call.arguments.get(1).is_some_and(|right| !is_another(right) && of_64_bits(right))
}

/// A product of decimals that may have more places than the server keeps: some of its comparisons would have them all, some not.
pub(super) fn product(call: &Call, mariadb: bool) -> Option<&'static str> {
    let (most, words) = if mariadb { (38, "ROUND({0} * {1}, 38)") } else { (30, "ROUND({0} * {1}, 30)") };
    (places_of(call) > most).then_some(words)
}

/// How many decimal places a number has at most.
fn places(node: &Node) -> u32 {
    match (node, node.kind()) {
        (Node::Call(call), Kind::Decimal) => places_of(call),
        (Node::Column(column) | Node::Outer { column, .. }, Kind::Decimal) if column.has_own_type() => {
            column.field.scale().map_or(Decimal::MAX_SCALE, |(_, places)| places)
        }
        // One of others may have more than its field, and a subquery may have computed it.
        (Node::Column(_) | Node::Outer { .. } | Node::Subquery { .. }, Kind::Decimal) => 38,
        (_, Kind::Decimal) => Decimal::MAX_SCALE,
        _ => 0,
    }
}

fn places_of(call: &Call) -> u32 {
    let places = call.arguments.iter().map(places);
    match call.function {
        Function::Multiply => places.fold(0, u32::saturating_add),
        Function::Divide => 10,
        _ => places.max().unwrap_or(0),
    }
}

/// A difference that is exact, and an error past 64 bits.
pub(super) const DIFFERENCE: &str = "((CAST({0} AS DECIMAL(20, 0)) - {1}) DIV 1)";

/// Past 64 bits, in words that come back in the error: a text as long as they are, and as the value.
macro_rules! told {
    ($words:expr) => {
        concat!("OCTET_LENGTH(CONCAT({0}, '", $words, "' {1})) + 9223372036854775807")
    };
}

pub(super) use told;

/// An expression for a column that keeps another value than NULL, which is an error where it is NULL. (The
/// server's message has no more than 512 bytes of the expression, so it is not in it twice.)
pub(super) const NOT_FILLED: &str =
    concat!("IF({0} IS NULL, OCTET_LENGTH(CONCAT('NULL', '", no_null!(), "' {1})) + 9223372036854775807, {0})");

/// A decimal of a column that an integer reads, which is an error if it has a fraction.
pub(super) const WHOLE: &str = concat!("IF({0} % 1, ", told!(not_whole!()), ", {0} DIV 1)");

/// The condition with the same error.
pub(super) const IS_WHOLE: &str = concat!("IF({0} % 1, ", told!(not_whole!()), ", TRUE)");

/// An integer that a float of a type has exactly; else a sum past 64 bits. A cast stops at the last integer, which is no float.
macro_rules! if_float {
    ($float:literal, $then:literal) => {
        concat!(
            "IF(CAST(CAST({0} AS ",
            $float,
            ") AS SIGNED) <> {0} OR {0} >= 9223372036854775807, ",
            told!(no_float!()),
            ", ",
            $then,
            ")"
        )
    };
}

/// An integer of a column that a float reads, which is an error if it is no float.
pub(super) const fn as_float(kind: Kind) -> &'static str {
    if matches!(kind, Kind::F32) {
        if_float!("FLOAT", "CAST({0} AS SIGNED)")
    } else {
        if_float!("DOUBLE", "CAST({0} AS SIGNED)")
    }
}

/// The condition with the same error.
pub(super) const fn is_float(kind: Kind) -> &'static str {
    if matches!(kind, Kind::F32) { if_float!("FLOAT", "TRUE") } else { if_float!("DOUBLE", "TRUE") }
}

/// The nearest integer to a float, ties to even. The comparisons count as 1 past the last float of either side.
const NEAREST: &str = "(CAST({0} AS SIGNED) + ({0} >= 9223372036854775808e0) - ({0} < -9223372036854775808e0))";

/// The float of 32 bits nearest to one of 64. From half a step past the last one on, the nearest is infinity.
const SINGLE: &str = "(CAST({0} AS FLOAT) + (ABS({0}) >= 3.4028235677973366e38) * 1e308 * 10)";

/// What a column of numbers stores; none where the column sees to it.
pub(super) fn fitted(fit: &Fit) -> Option<String> {
    Some(match fit.to {
        // A column of 64 bits takes the float behind its last integer for that.
        Holds::Integers { least, most, narrow } if narrow || !fit.own || fit.is_float() => {
            within(whole(fit), least, most)
        }
        Holds::Singles => SINGLE.to_owned(),
        Holds::WholeFloats { single } => NEAREST.replace("{0}", if single { SINGLE } else { DOUBLE }),
        Holds::Decimals(_) => return digits::fitted(fit),
        _ => return None,
    })
}

const fn whole(fit: &Fit) -> &'static str {
    match fit.from {
        Kind::F32 | Kind::F64 => NEAREST,
        Kind::Decimal => "(ROUND({0}) DIV 1)",
        _ if fit.is_whole() => "{0}",
        _ => SIGNED,
    }
}

/// A type without digits would be DECIMAL(10, 0), which rounds silently: this one has room for every `Decimal`, whose digits
/// are at most 29 before the point and 28 behind it.
pub(super) fn decimal_type(digits: Option<u32>, places: Option<u32>) -> String {
    let places = places.unwrap_or(if digits.is_some() { 0 } else { 28 });
    format!("DECIMAL({}, {places})", digits.unwrap_or(29 + places))
}

pub(super) const fn divide(kind: Kind) -> &'static str {
    match kind {
        // A quotient has as many bits as its operands there, and would be cut to them on the way here; a sum has 64.
        Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => "({0} DIV NULLIF({1}, 0) + 0)",
        // The quotient has at least the digits of the dividend, so the dividend gets more than remain.
        Kind::Decimal => "ROUND(CAST({0} AS DECIMAL(65, 30)) / NULLIF({1}, 0), 10)",
        _ => "({0} / NULLIF({1}, 0))",
    }
}

/// A sum of floats past the last one would be infinite, which no column holds: a product of it is an error.
pub(super) const fn sum(operand: Option<Kind>) -> &'static str {
    match operand {
        Some(Kind::F32 | Kind::F64) => "(SUM({d}{0}){f} * 1e0)",
        _ => "SUM({d}{0}){f}",
    }
}

/// The mean of integers would have four places, and be rounded twice: asked for as a float, MariaDB divides floats, so it is
/// rounded to all its places first. The sum of integers is exact, which that of floats is not.
pub(super) fn average(operand: Option<Kind>) -> &'static str {
    match operand {
        Some(Kind::I16 | Kind::I32 | Kind::I64) => "CAST(ROUND(AVG({d}CAST({0} AS DECIMAL(65, 30))){f}, 30) AS DOUBLE)",
        Some(Kind::Duration) => "CAST(ROUND(AVG({d}CAST({0} AS DECIMAL(65, 30))){f}) AS SIGNED)",
        Some(Kind::Decimal) => "ROUND(AVG({d}CAST({0} AS DECIMAL(65, 30))){f}, 10)",
        _ => "(AVG({d}{0}){f} * 1e0)",
    }
}
