//! Exact decimals, which SQLite stores as text: a collation, arithmetic and aggregates.
//!
//! The names are those of SQLite's own decimal extension (<https://sqlite.org/floatingpoint.html#decext>).

use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};
use rust_decimal::{Decimal, RoundingStrategy};

use super::scalar::{FLAGS, complain, scalar};
use crate::error::Error as LibraryError;
use crate::value::parse_decimal;

pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_collation("decimal", compare)?;
    arithmetic(connection, "decimal_add", add)?;
    arithmetic(connection, "decimal_sub", |a, b| add(a, -b))?;
    arithmetic(connection, "decimal_mul", multiply)?;
    scalar(connection, "decimal_div", 2, divide)?;
    scalar(connection, "decimal_rem", 2, remainder)?;
    scalar(connection, "decimal_fit", 3, fit)?;
    scalar(connection, "decimal_fit", 1, |context| {
        Ok(argument(context, 0)?.map(|value| value.normalize().to_string()))
    })?;
    scalar(connection, "decimal_at", 2, at)?;
    connection.create_window_function("decimal_sum", 1, FLAGS, Total(|total| Some(total.sum)))?;
    connection.create_window_function("decimal_avg", 1, FLAGS, Total(Running::average))
}

/// Numbers by value, then all other text by its bytes.
fn compare(a: &str, b: &str) -> Ordering {
    if let (Some(a), Some(b)) = (Digits::of(a), Digits::of(b)) {
        return a.cmp(&b);
    }
    match (parse_decimal(a), parse_decimal(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// A number as it is written, to be compared without reading it: most are.
struct Digits<'t> {
    negative: bool,
    whole: &'t [u8],
    behind: &'t [u8],
}

impl<'t> Digits<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let plain = !whole.is_empty() && are_digits(whole) && are_digits(behind);
        let trimmed = Self {
            negative: digits.len() < text.len(),
            whole: whole.trim_start_matches('0').as_bytes(),
            behind: behind.trim_end_matches('0').as_bytes(),
        };
        let zero = trimmed.whole.is_empty() && trimmed.behind.is_empty();
        plain.then_some(Self { negative: trimmed.negative && !zero, ..trimmed })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let size = (self.whole.len(), self.whole, self.behind).cmp(&(other.whole.len(), other.whole, other.behind));
        match (self.negative, other.negative) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

fn arithmetic(
    connection: &Connection,
    name: &'static str,
    operation: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<()> {
    scalar(connection, name, 2, move |context| match both(context)? {
        None => Ok(None),
        Some((a, b)) => operation(a, b).map(|result| Some(result.to_string())).ok_or_else(overflow),
    })
}

/// Division by zero is NULL, as SQLite's own.
fn divide(context: &Context<'_>) -> Result<Option<String>> {
    match both(context)? {
        Some((a, b)) if !b.is_zero() => quotient(a, b).map(|result| Some(result.to_string())).ok_or_else(overflow),
        _ => Ok(None),
    }
}

/// How many digits behind the point a quotient or mean of decimals has on every database.
const PLACES: u32 = 10;

/// The exact quotient, rounded half away from zero; none past 28 digits.
fn quotient(a: Decimal, b: Decimal) -> Option<Decimal> {
    let divisor = b.mantissa().unsigned_abs();
    let mut whole = a.mantissa().unsigned_abs().checked_div(divisor)?;
    let mut rest = a.mantissa().unsigned_abs().checked_rem(divisor)?;
    let (more, less) = (b.scale() + PLACES, a.scale());
    for _ in less..more {
        rest *= 10;
        whole = whole.checked_mul(10)?.checked_add(rest / divisor)?;
        rest %= divisor;
    }
    let up = if less > more {
        let power = 10_u128.checked_pow(less - more)?;
        let cut = whole % power;
        whole /= power;
        cut * 2 >= power
    } else {
        rest * 2 >= divisor
    };
    let whole = i128::try_from(whole + u128::from(up)).ok()?;
    let sign = if a.is_sign_negative() == b.is_sign_negative() { 1 } else { -1 };
    Decimal::try_from_i128_with_scale(sign * whole, PLACES).ok()
}

/// The remainder has the sign of the dividend; that of a division by zero is NULL.
fn remainder(context: &Context<'_>) -> Result<Option<String>> {
    match both(context)? {
        Some((a, b)) if !b.is_zero() => a.checked_rem(b).map(|result| Some(result.to_string())).ok_or_else(overflow),
        _ => Ok(None),
    }
}

/// The integer nearest to a decimal in text, half away from zero.
pub(super) fn whole(text: &str) -> Option<i64> {
    let decimal = parse_decimal(text.trim())?;
    i64::try_from(decimal.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).ok()
}

/// What a column of so many digits, so many of them behind the point, stores: rounded half away from zero, as other
/// databases do when an expression is assigned; an error if the digits before the point do not fit.
fn fit(context: &Context<'_>) -> Result<Option<String>> {
    let (digits, places) = (context.get::<u32>(1)?, context.get::<u32>(2)?);
    let Some(value) = argument(context, 0)? else { return Ok(None) };
    let mut fitted = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let whole = fitted.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
    if whole > digits.saturating_sub(places) {
        return Err(complain(LibraryError::out_of_range(
            "a result has more digits before the point than its column takes; raise `max_digits`, or change the expression",
        )));
    }
    // What was rounded to zero has no sign.
    fitted.set_sign_positive(fitted.is_zero() || fitted.is_sign_positive());
    fitted.rescale(places);
    Ok(Some(fitted.to_string()))
}

/// A number in any form with at least so many places; without places, in the shortest form. No digit is lost, and what is
/// no number stays as it is.
fn at(context: &Context<'_>) -> Result<Value> {
    let Ok(Some(value)) = argument(context, 0) else { return context.get(0) };
    let mut formed = value.normalize();
    if let Some(places) = context.get::<Option<u32>>(1)? {
        formed.rescale(formed.scale().max(places));
    }
    Ok(Value::Text(formed.to_string()))
}

/// The sum, unless digits would be lost: the library rounds what needs more than 28.
fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale().max(b.scale());
    let mut sum = a.checked_add(b)?;
    // What is added to a zero of more digits comes back as it is; what lost digits cannot get them again.
    sum.rescale(scale);
    (sum.scale() == scale).then_some(sum)
}

fn multiply(a: Decimal, b: Decimal) -> Option<Decimal> {
    let exact = |a: Decimal, b: Decimal| a.checked_mul(b).filter(|product| product.scale() == a.scale() + b.scale());
    if a.is_zero() || b.is_zero() {
        let mut zero = Decimal::ZERO;
        zero.rescale((a.scale() + b.scale()).min(Decimal::MAX_SCALE));
        return Some(zero);
    }
    exact(a, b).or_else(|| exact(a.normalize(), b.normalize()))
}

fn both(context: &Context<'_>) -> Result<Option<(Decimal, Decimal)>> {
    Ok(argument(context, 0)?.zip(argument(context, 1)?))
}

/// An argument of a column of ours (text), or of an older schema's (INTEGER, or REAL with its 15 certain digits).
fn argument(context: &Context<'_>, index: usize) -> Result<Option<Decimal>> {
    let decimal = match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(value) => Some(Decimal::from(value)),
        ValueRef::Real(value) => Decimal::from_scientific(&format!("{value:.14e}")).ok().map(|it| it.normalize()),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(parse_decimal),
        ValueRef::Blob(_) => None,
    };
    match decimal {
        Some(decimal) => Ok(Some(decimal)),
        None => Err(complain(LibraryError::out_of_range(format!(
            "operand {} of an expression is not a decimal of at most 28 digits",
            index + 1
        )))),
    }
}

#[cold]
fn overflow() -> Error {
    complain(LibraryError::out_of_range(
        "a result in decimals has more than 28 digits; round the operands, or use floats",
    ))
}

/// `decimal_sum` and `decimal_avg`: what becomes of the running total.
struct Total(fn(&Running) -> Option<Decimal>);

#[derive(Default)]
struct Running {
    sum: Decimal,
    count: u64,
}

impl Running {
    fn average(&self) -> Option<Decimal> {
        quotient(self.sum, self.count.into())
    }
}

impl Total {
    fn result(&self, running: Option<&Running>) -> Result<Option<String>> {
        match running {
            Some(running) if running.count > 0 => {
                self.0(running).map(|result| Some(result.to_string())).ok_or_else(overflow)
            }
            _ => Ok(None),
        }
    }
}

impl Aggregate<Running, Option<String>> for Total {
    fn init(&self, _: &mut Context<'_>) -> Result<Running> {
        Ok(Running::default())
    }

    fn step(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = argument(context, 0)? {
            running.sum = add(running.sum, value).ok_or_else(overflow)?;
            running.count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<Running>) -> Result<Option<String>> {
        self.result(running.as_ref())
    }
}

impl WindowAggregate<Running, Option<String>> for Total {
    fn value(&self, running: Option<&mut Running>) -> Result<Option<String>> {
        self.result(running.as_deref())
    }

    fn inverse(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = argument(context, 0)? {
            running.sum = add(running.sum, -value).ok_or_else(overflow)?;
            running.count -= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{Digits, compare};

    #[test]
    fn digits_are_compared_as_the_numbers_they_are() {
        let texts = [
            "-100",
            "-9.99",
            "-9.9",
            "-0.05",
            "-0",
            "-0.00",
            "0",
            "0.0",
            "0.05",
            "0.5",
            "00.50",
            "1",
            "1.",
            "9",
            "9.09",
            "9.9",
            "10",
            "10.0",
            "100.01",
            "79228162514264337593543950335",
        ];
        for a in texts {
            for b in texts {
                let number = |text: &str| text.parse::<Decimal>().unwrap_or_default();
                assert!(Digits::of(a).is_some());
                assert_eq!(compare(a, b), number(a).cmp(&number(b)), "{a} {b}");
            }
        }
        for text in ["", "-", ".5", "1e3", "+1", "a", "1.2.3", "--1"] {
            assert!(Digits::of(text).is_none(), "{text}");
        }
    }
}
