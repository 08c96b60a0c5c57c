//! Arithmetic that tells when a result is lost, where SQLite would go on with a float or with infinity.

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result, ToSql};

use super::scalar::{FLAGS, complain, scalar};
use crate::driver::refusal::past_range;
use crate::error::{Error as LibraryError, RangeLimit};

pub(super) fn register(connection: &Connection) -> Result<()> {
    integers(connection, "integer_add", |a, b| Some(a.checked_add(b)))?;
    integers(connection, "integer_sub", |a, b| Some(a.checked_sub(b)))?;
    integers(connection, "integer_mul", |a, b| Some(a.checked_mul(b)))?;
    integers(connection, "integer_div", |a, b| (b != 0).then(|| a.checked_div(b)))?;
    floats(connection, "float_add", |a, b| Some(a + b))?;
    floats(connection, "float_sub", |a, b| Some(a - b))?;
    floats(connection, "float_mul", |a, b| Some(a * b))?;
    floats(connection, "float_div", |a, b| (b != 0.0).then(|| a / b))?;
    floats(connection, "float_rem", |a, b| (b != 0.0).then(|| a % b))?;
    scalar(connection, "integer_neg", 1, |context| {
        let value = integer(context, 0)?;
        value.map(|value| value.checked_neg().ok_or_else(beyond)).transpose()
    })?;
    scalar(connection, "integer_fit", 3, fit)?;
    scalar(connection, "float_fit", 1, fit_float)?;
    connection.create_aggregate_function("float_sum", 1, FLAGS, FloatTotal(FloatRunning::sum))?;
    connection.create_aggregate_function("float_avg", 1, FLAGS, FloatTotal(FloatRunning::mean))?;
    connection.create_window_function("integer_sum", 1, FLAGS, Total(Running::sum))?;
    connection.create_window_function("integer_avg", 1, FLAGS, Total(Running::whole_mean))?;
    connection.create_window_function("integer_mean", 1, FLAGS, Total(Running::mean))
}

/// An operation of two integers: none of a division by zero, nothing inside of a result past 64 bits.
fn integers(connection: &Connection, name: &'static str, operation: fn(i64, i64) -> Option<Option<i64>>) -> Result<()> {
    scalar(connection, name, 2, move |context| {
        let operands = integer(context, 0)?.zip(integer(context, 1)?);
        let result = operands.and_then(|(a, b)| operation(a, b));
        result.map(|result| result.ok_or_else(beyond)).transpose()
    })
}

fn floats(connection: &Connection, name: &'static str, operation: fn(f64, f64) -> Option<f64>) -> Result<()> {
    scalar(connection, name, 2, move |context| {
        let Some((a, b)) = float(context, 0)?.zip(float(context, 1)?) else { return Ok(None) };
        operation(a, b).map(|result| kept(result, a.is_infinite() || b.is_infinite())).transpose()
    })
}

/// What an integer column from one number to another stores: floats rounded to the nearest, ties to even; decimals
/// (text) half away from zero, as the other databases do.
fn fit(context: &Context<'_>) -> Result<Option<i64>> {
    let (least, most) = (context.get::<i64>(1)?, context.get::<i64>(2)?);
    let Some(value) = integer(context, 0)? else { return Ok(None) };
    if (least..=most).contains(&value) { Ok(Some(value)) } else { Err(beyond()) }
}

/// A result: infinite only of infinite operands. SQLite has no NaN.
fn kept(result: f64, of_infinite: bool) -> Result<f64> {
    if result.is_finite() || (of_infinite && !result.is_nan()) { Ok(result) } else { Err(beyond()) }
}

/// What a float column of 32 bits stores.
fn fit_float(context: &Context<'_>) -> Result<Option<f64>> {
    let Some(value) = float(context, 0)? else { return Ok(None) };
    kept(f64::from(value as f32), value.is_infinite()).map(Some)
}

/// An argument as an integer. A column of another schema may hold it as a float or as text.
fn integer(context: &Context<'_>, index: usize) -> Result<Option<i64>> {
    let integer = match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(value) => Some(value),
        ValueRef::Real(value) => whole(value.round_ties_even()),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(super::decimal::whole),
        ValueRef::Blob(_) => None,
    };
    integer.map(Some).ok_or_else(beyond)
}

/// A whole float as an integer.
fn whole(float: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    (-END..END).contains(&float).then_some(float as i64)
}

fn float(context: &Context<'_>, index: usize) -> Result<Option<f64>> {
    let float = match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Real(value) => Some(value),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok()),
        ValueRef::Blob(_) => None,
    };
    float.map(Some).ok_or_else(|| {
        complain(LibraryError::out_of_range(
            "an operand of an expression is not a number, although its column is one of numbers",
        ))
    })
}

#[cold]
fn beyond() -> Error {
    complain(past_range(RangeLimit::Arithmetic, None, None))
}

/// `integer_sum`, `integer_avg` and `integer_mean`: what becomes of the running total.
struct Total<T>(fn(&Running) -> Option<T>);

#[derive(Default)]
struct Running {
    sum: i128,
    count: i128,
}

impl Running {
    fn sum(&self) -> Option<i64> {
        i64::try_from(self.sum).ok()
    }

    /// The mean, rounded half away from zero.
    fn whole_mean(&self) -> Option<i64> {
        let (whole, rest) = (self.sum.checked_div(self.count)?, self.sum.checked_rem(self.count)?);
        i64::try_from(whole + if rest.abs() * 2 >= self.count { rest.signum() } else { 0 }).ok()
    }

    /// The mean as a float, rounded once: from 30 places, as the servers have them.
    fn mean(&self) -> Option<f64> {
        let (whole, mut rest) = (self.sum.checked_div(self.count)?, self.sum.checked_rem(self.count)?.abs());
        let sign = if self.sum < 0 { "-" } else { "" };
        let mut digits = format!("{sign}{}.", whole.abs());
        for _ in 0..30 {
            rest *= 10;
            digits.push_str(&(rest / self.count).to_string());
            rest %= self.count;
        }
        digits.parse().ok()
    }
}

impl<T> Total<T> {
    fn result(&self, running: Option<&Running>) -> Result<Option<T>> {
        let Some(running) = running.filter(|running| running.count > 0) else { return Ok(None) };
        self.0(running).map(Some).ok_or_else(beyond)
    }
}

impl<T: ToSql> Aggregate<Running, Option<T>> for Total<T> {
    fn init(&self, _: &mut Context<'_>) -> Result<Running> {
        Ok(Running::default())
    }

    fn step(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = integer(context, 0)? {
            running.sum += i128::from(value);
            running.count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<Running>) -> Result<Option<T>> {
        self.result(running.as_ref())
    }
}

impl<T: ToSql> WindowAggregate<Running, Option<T>> for Total<T> {
    fn value(&self, running: Option<&mut Running>) -> Result<Option<T>> {
        self.result(running.as_deref())
    }

    fn inverse(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = integer(context, 0)? {
            running.sum -= i128::from(value);
            running.count -= 1;
        }
        Ok(())
    }
}

/// `float_sum` and `float_avg`: what becomes of the running total.
struct FloatTotal(fn(&FloatRunning) -> f64);

/// A sum, with what its roundings lost (as SQLite's own is computed), and apart from that the sum of what was infinite.
#[derive(Default)]
struct FloatRunning {
    finite: f64,
    lost: f64,
    infinite: Option<f64>,
    count: u32,
}

impl FloatRunning {
    fn add(&mut self, value: f64) {
        self.count += 1;
        if value.is_infinite() {
            self.infinite = Some(self.infinite.map_or(value, |infinite| infinite + value));
            return;
        }
        let sum = self.finite + value;
        let (large, small) = if self.finite.abs() > value.abs() { (self.finite, value) } else { (value, self.finite) };
        self.lost += (large - sum) + small;
        self.finite = sum;
    }

    fn sum(&self) -> f64 {
        // What was lost of a sum past the range is no number.
        let finite = if self.finite.is_finite() { self.finite + self.lost } else { self.finite };
        self.infinite.unwrap_or(finite)
    }

    fn mean(&self) -> f64 {
        self.sum() / f64::from(self.count)
    }
}

impl Aggregate<FloatRunning, Option<f64>> for FloatTotal {
    fn init(&self, _: &mut Context<'_>) -> Result<FloatRunning> {
        Ok(FloatRunning::default())
    }

    fn step(&self, context: &mut Context<'_>, running: &mut FloatRunning) -> Result<()> {
        float(context, 0)?.into_iter().for_each(|value| running.add(value));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<FloatRunning>) -> Result<Option<f64>> {
        let running = running.filter(|running| running.count > 0);
        running.map(|running| kept(self.0(&running), running.infinite.is_some())).transpose()
    }
}
