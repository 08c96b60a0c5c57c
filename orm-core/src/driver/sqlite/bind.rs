//! Values on their way into SQLite, which has integers, reals, text and blobs.

use chrono::{NaiveTime, Timelike};
use rusqlite::Statement;

use crate::driver::limits;
use crate::error::{Error, ErrorKind, QueryMistake, Result};
use crate::value::{Value, datetime_text};

/// Binds all values of a statement, in order.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    values: &[Value],
    report: impl Fn(rusqlite::Error) -> Error,
) -> Result<()> {
    let wanted = statement.parameter_count();
    if wanted != values.len() {
        let given = values.len();
        return Err(QueryMistake::Placeholders { wanted: wanted as u64, given: given as u64 }.into());
    }
    for (index, value) in values.iter().enumerate() {
        bind_one(statement, index + 1, value, &report)?;
    }
    Ok(())
}

fn bind_one(
    statement: &mut Statement<'_>,
    at: usize,
    value: &Value,
    report: impl Fn(rusqlite::Error) -> Error,
) -> Result<()> {
    let bound = match value {
        Value::Null(_) => statement.raw_bind_parameter(at, rusqlite::types::Null),
        Value::Bool(value) => statement.raw_bind_parameter(at, value),
        Value::I16(value) => statement.raw_bind_parameter(at, value),
        Value::I32(value) => statement.raw_bind_parameter(at, value),
        Value::I64(value) | Value::Duration(value) => statement.raw_bind_parameter(at, value),
        Value::F32(value) => statement.raw_bind_parameter(at, number(f64::from(*value))?),
        Value::F64(value) => statement.raw_bind_parameter(at, number(*value)?),
        Value::Text(value) => statement.raw_bind_parameter(at, value.as_str()),
        Value::Bytes(value) => statement.raw_bind_parameter(at, value.as_slice()),
        Value::List(_, items) => {
            limits::check(value)?;
            statement.raw_bind_parameter(at, list(items)?)
        }
        Value::Json(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_)
        | Value::Uuid(_) => {
            limits::check(value)?;
            statement.raw_bind_parameter(at, text(value))
        }
    };
    bound.map_err(report)
}

/// SQLite stores NaN as NULL, which would be another value than the caller's.
fn number(value: f64) -> Result<f64> {
    if value.is_nan() {
        Err(Error::out_of_range("a float is NaN, which SQLite does not have; store NULL instead (`Option<f64>`)"))
    } else {
        Ok(value)
    }
}

/// The text of a value that SQLite stores as text.
fn text(value: &Value) -> String {
    match value {
        Value::Decimal(value) => value.to_string(),
        Value::Date(value) => value.format("%Y-%m-%d").to_string(),
        Value::Time(value) => time_text(*value),
        Value::DateTime(value) => datetime_text(*value),
        Value::Timestamp(value) => datetime_text(value.naive_utc()),
        Value::Uuid(value) => value.hyphenated().to_string(),
        Value::Json(value) => value.to_string(),
        Value::Text(value) => value.to_string(),
        _ => String::new(),
    }
}

pub(super) fn time_text(time: NaiveTime) -> String {
    let micros = time.nanosecond() / 1_000;
    let whole = time.format("%H:%M:%S");
    if micros == 0 { whole.to_string() } else { format!("{whole}.{micros:06}") }
}

/// A list as a JSON array for `json_each(?)`: each item is the JSON form of what a column of its kind holds.
fn list(items: &[Value]) -> Result<String> {
    let mut json = String::with_capacity(2 + items.len() * 8);
    json.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        push_item(&mut json, item)?;
    }
    json.push(']');
    Ok(json)
}

fn push_item(json: &mut String, item: &Value) -> Result<()> {
    match item {
        Value::Null(_) => json.push_str("null"),
        Value::Bool(value) => json.push(if *value { '1' } else { '0' }),
        Value::I16(value) => json.push_str(&value.to_string()),
        Value::I32(value) => json.push_str(&value.to_string()),
        Value::I64(value) | Value::Duration(value) => json.push_str(&value.to_string()),
        Value::F32(value) => push_number(json, f64::from(*value))?,
        Value::F64(value) => push_number(json, *value)?,
        Value::Bytes(value) => push_text(json, &hex(value))?,
        Value::List(_, items) => json.push_str(&list(items)?),
        other => push_text(json, &text(other))?,
    }
    Ok(())
}

/// The bits of a float, as the integer that `dormouse_float` takes: not every float survives its digits.
fn push_number(json: &mut String, value: f64) -> Result<()> {
    json.push_str(&number(value)?.to_bits().cast_signed().to_string());
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn push_text(json: &mut String, text: &str) -> Result<()> {
    // SQLite ends a JSON string at an escaped NUL, which would be another value than the caller's.
    if text.contains('\0') {
        return Err(unsupported("a NUL character in a list as one parameter"));
    }
    let quoted =
        serde_json::to_string(text).map_err(|error| Error::internal("a text has no JSON form").with_source(error))?;
    json.push_str(&quoted);
    Ok(())
}

fn unsupported(feature: &str) -> Error {
    ErrorKind::Unsupported { feature: feature.to_owned(), backend: "SQLite" }.into()
}
