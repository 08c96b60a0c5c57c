//! Texts, numbers and their operators in plain Rust.

use dormouse::prelude::Decimal;

use super::ask::{Op, TextOp};
use super::oracle::Failure;
use super::values::{Cell, Ty, Val};

/// Simple lower case, character by character.
fn folded(text: &str) -> String {
    text.chars()
        .map(|letter| if letter == 'İ' { 'i' } else { letter.to_lowercase().next().unwrap_or(letter) })
        .collect()
}

pub(crate) fn text_holds(how: TextOp, text: &str, pattern: &str) -> bool {
    let (low, low_pattern) = (folded(text), folded(pattern));
    match how {
        TextOp::Contains => text.contains(pattern),
        TextOp::StartsWith => text.starts_with(pattern),
        TextOp::EndsWith => text.ends_with(pattern),
        TextOp::IContains => low.contains(&low_pattern),
        TextOp::IStartsWith => low.starts_with(&low_pattern),
        TextOp::IEndsWith => low.ends_with(&low_pattern),
        TextOp::IExact => low == low_pattern,
        TextOp::Regex => expression(text, pattern),
        TextOp::IRegex => expression(&low, &low_pattern),
    }
}

/// The few regular expressions that are asked, see [`EXPRESSIONS`].
fn expression(text: &str, pattern: &str) -> bool {
    match pattern {
        "^a" => text.starts_with('a'),
        "b$" => text.ends_with('b'),
        "[0-9]+" => text.contains(|letter: char| letter.is_ascii_digit()),
        "a.b" => text.char_indices().any(|(at, _)| {
            let mut letters = text[at..].chars();
            letters.next() == Some('a') && letters.next().is_some_and(|l| l != '\n') && letters.next() == Some('b')
        }),
        "^(ab|ж.к)$" => {
            let letters: Vec<char> = text.chars().collect();
            text == "ab" || matches!(letters[..], ['ж', middle, 'к'] if middle != '\n')
        }
        other => panic!("no rule for {other}"),
    }
}

/// The regular expressions that mean the same everywhere.
pub(crate) const EXPRESSIONS: &[&str] = &["^a", "b$", "[0-9]+", "a.b", "^(ab|ж.к)$"];

pub(crate) fn is_zero(value: &Val) -> bool {
    match value {
        Val::Int(value) | Val::Span(value) => *value == 0,
        Val::Float(value) => *value == 0.0,
        Val::Dec(value) => value.is_zero(),
        _ => false,
    }
}

pub(crate) fn as_float(value: &Val) -> f64 {
    match value {
        Val::Int(value) | Val::Span(value) => *value as f64,
        Val::Float(value) => *value,
        other => panic!("{other:?} is no float"),
    }
}

pub(crate) fn as_decimal(value: &Val) -> Decimal {
    match value {
        Val::Int(value) => (*value).into(),
        Val::Dec(value) => *value,
        other => panic!("{other:?} is no decimal"),
    }
}

pub(crate) fn as_integer(value: &Val) -> i64 {
    match value {
        Val::Int(value) | Val::Span(value) => *value,
        other => panic!("{other:?} is no integer"),
    }
}

pub(crate) fn integer(op: Op, a: i64, b: i64) -> Option<i64> {
    match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        Op::Div => a.checked_div(b),
        Op::Rem => Some(a.wrapping_rem(b)),
    }
}

/// Past the extremes the rules do not say; nor what is left of a division of floats that are long in binary.
pub(crate) fn float(op: Op, a: f64, b: f64) -> Option<f64> {
    let short = |value: f64| (value * 1024.0).fract() == 0.0 && value.abs() < 1e9;
    if op == Op::Rem && !(short(a) && short(b)) {
        return None;
    }
    let value = match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::Rem => a % b,
    };
    let known = value == 0.0 || (value.abs() > 1e-200 && value.abs() < 1e200);
    // A zero has no sign.
    known.then_some(value + 0.0)
}

/// Past 28 digits the rules do not say.
pub(crate) fn decimal(op: Op, a: Decimal, b: Decimal) -> Option<Decimal> {
    match op {
        Op::Add | Op::Sub => {
            let value = if op == Op::Add { a.checked_add(b)? } else { a.checked_sub(b)? };
            (value.mantissa().unsigned_abs() < 10_u128.pow(24)).then_some(value)
        }
        Op::Mul => {
            let value = a.checked_mul(b)?;
            (value.scale() == a.scale() + b.scale() || value.is_zero()).then_some(value)
        }
        Op::Div => quotient(a, b),
        Op::Rem => a.checked_rem(b),
    }
}

/// Rounded once, half away from zero, to ten places.
fn quotient(a: Decimal, b: Decimal) -> Option<Decimal> {
    // a/b = (ma * 10^sb) / (mb * 10^sa)
    let scale = |power: u32| 10_i128.checked_pow(power);
    let top = a.mantissa().checked_mul(scale(b.scale())?)?.checked_mul(scale(10)?)?;
    let bottom = b.mantissa().checked_mul(scale(a.scale())?)?;
    let (whole, rest) = (top / bottom, top % bottom);
    let away = if (top < 0) == (bottom < 0) { 1 } else { -1 };
    let rounded = if rest.unsigned_abs().checked_mul(2)? >= bottom.unsigned_abs() { whole + away } else { whole };
    Decimal::try_from_i128_with_scale(rounded, 10).ok()
}

pub(crate) fn fit(cell: Cell, ty: Ty) -> Result<Cell, Failure> {
    match (&cell, ty.range()) {
        (Some(Val::Int(value)), Some((least, most))) if *value < least || *value > most => Err(Failure::OutOfRange),
        _ => Ok(cell),
    }
}
