//! Values in the forms of other programs, converted to ours and back. What none of them can be stays as it is, and is told
//! when it is read.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::scalar::{complain, scalar};
use crate::driver::sqlite::bind::time_text;
use crate::value::{self, Cell, FieldType, Mismatch, canonical, datetime_text, parse_datetime, parse_time, parse_uuid};

pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "dormouse_uuid", 1, |context| {
        converted(context, |_| None, |it| Some(it.hyphenated().to_string()))
    })?;
    scalar(connection, "dormouse_uuid", 2, |context| {
        let form = context.get::<i64>(1)?;
        let bytes = |uuid: Uuid| Some(Value::Blob(uuid.as_bytes().to_vec())).filter(|_| form == 4);
        converted(context, bytes, |uuid| Some(uuid_text(uuid, form & 1 == 1, form & 2 == 2)))
    })?;
    scalar(connection, "dormouse_moment", 1, |context| texts(context, |text| parse_datetime(text).map(datetime_text)))?;
    scalar(connection, "dormouse_time", 1, |context| texts(context, |text| parse_time(text).map(time_text)))?;
    scalar(connection, "dormouse_single", 1, single)?;
    scalar(connection, "dormouse_readable", 3, readable)?;
    scalar(connection, "dormouse_read", 3, |context| readable(context).and_then(|_| as_it_is(context)))?;
    scalar(connection, "dormouse_like", 2, like)
}

/// True, or an error if a value has no form of its kind that is read: the same that reading it gives.
fn readable(context: &Context<'_>) -> Result<bool> {
    let (value, kind) = (context.get_raw(0), context.get_raw(1).as_str()?);
    if matches!(value, ValueRef::Null) {
        return Ok(true);
    }
    match read(kind, cell(value)?) {
        Ok(_) => Ok(true),
        Err(mismatch) => Err(no_form(kind, context.get_raw(2).as_str()?, mismatch)),
    }
}

pub(super) fn cell(value: ValueRef<'_>) -> Result<Cell<'_>> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Real(value) => Cell::Float(value),
        ValueRef::Text(bytes) => Cell::Text(std::str::from_utf8(bytes)?),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    })
}

/// The error of a value in the column that has no form of its kind.
pub(super) fn no_form(kind: &str, column: &str, mismatch: Mismatch) -> rusqlite::Error {
    // A float that is compared as one of 64 bits is read as one of 32.
    let expected = if kind == "wide single" { "f32" } else { mismatch.expected };
    complain(Mismatch { expected, ..mismatch }.in_column(column.to_owned()))
}

/// What is read of a cell as a value of a kind; JSON in the form that all equal documents share.
pub(super) fn read(kind: &str, cell: Cell<'_>) -> Result<value::Value, Mismatch> {
    match kind {
        "bool" => read_as::<bool>(cell),
        "integer" => read_as::<i64>(cell),
        "single" => read_as::<f32>(cell),
        // A float beyond 32 bits is compared as the number that it is.
        "wide single" if matches!(cell, Cell::Int(_)) => read_as::<f32>(cell),
        "float" | "wide single" => read_as::<f64>(cell),
        "decimal" => read_as::<Decimal>(cell),
        "text" => read_as::<String>(cell),
        "bytes" => read_as::<Vec<u8>>(cell),
        "date" => read_as::<NaiveDate>(cell),
        "time" => read_as::<NaiveTime>(cell),
        "moment" => read_as::<NaiveDateTime>(cell),
        "json" => serde_json::Value::decode(cell).map(|json| value::Value::Text(canonical(&json.to_string()).into())),
        _ => read_as::<Uuid>(cell),
    }
}

fn read_as<T: FieldType>(cell: Cell<'_>) -> Result<value::Value, Mismatch> {
    T::decode(cell)?.encode().map_err(|error| Mismatch::content("a value that can be written", error))
}

/// A float of 64 bits as one of 32 bits is read from it.
fn single(context: &Context<'_>) -> Result<Value> {
    let read = f32::decode(cell(context.get_raw(0))?);
    read.map_or_else(|_| as_it_is(context), |single| Ok(Value::Real(single.into())))
}

fn as_it_is(context: &Context<'_>) -> Result<Value> {
    context.get(0)
}

fn texts(context: &Context<'_>, change: impl Fn(&str) -> Option<String>) -> Result<Value> {
    let changed = match context.get_raw(0) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(change),
        _ => None,
    };
    changed.map_or_else(|| as_it_is(context), |text| Ok(Value::Text(text)))
}

fn converted(
    context: &Context<'_>,
    value: impl Fn(Uuid) -> Option<Value>,
    text: impl Fn(Uuid) -> Option<String>,
) -> Result<Value> {
    let formed = uuid(context.get_raw(0)).and_then(|uuid| value(uuid).or_else(|| text(uuid).map(Value::Text)));
    formed.map_or_else(|| as_it_is(context), Ok)
}

fn uuid(value: ValueRef<'_>) -> Option<Uuid> {
    match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(parse_uuid),
        ValueRef::Blob(bytes) => Uuid::from_slice(bytes).ok(),
        _ => None,
    }
}

fn uuid_text(uuid: Uuid, upper: bool, simple: bool) -> String {
    let text = if simple { uuid.simple().to_string() } else { uuid.hyphenated().to_string() };
    if upper { text.to_uppercase() } else { text }
}

/// A value of ours in the form of a sample: another value of the column, or else its declared type.
fn like(context: &Context<'_>) -> Result<Value> {
    let sample = context.get_raw(1);
    let declared = sample.as_str().map_or(String::new(), str::to_ascii_uppercase);
    if let Some(given) = uuid(context.get_raw(0)) {
        let is_text = sample.as_str().ok().filter(|text| parse_uuid(text).is_some());
        return Ok(match (sample, is_text) {
            (_, Some(text)) => {
                Value::Text(uuid_text(given, text.bytes().any(|byte| byte.is_ascii_uppercase()), text.len() == 32))
            }
            (ValueRef::Blob(_), _) => Value::Blob(given.as_bytes().to_vec()),
            _ if declared.contains("BLOB") || declared.contains("BINARY") => Value::Blob(given.as_bytes().to_vec()),
            _ => as_it_is(context)?,
        });
    }
    let sample = sample.as_str().ok().filter(|text| parse_datetime(text).is_some());
    Ok(match (context.get_raw(0).as_str(), sample) {
        (Ok(given), Some(sample)) => Value::Text(moment_like(given, sample)),
        _ => as_it_is(context)?,
    })
}

/// Our text of a moment, in UTC, with the separator and the way to say the zone that a sample has.
fn moment_like(given: &str, sample: &str) -> String {
    let separator = sample.get(10..11).unwrap_or(" ");
    let time = sample.get(11..).unwrap_or("");
    let zone = match time.get(time.len().saturating_sub(1)..) {
        Some("Z" | "z") => "Z",
        _ if time.ends_with(" UTC") => " UTC",
        _ if time.contains(['+', '-']) => "+00:00",
        _ => "",
    };
    format!("{}{zone}", given.replacen(' ', separator, 1))
}

#[cfg(test)]
mod tests {
    use super::moment_like;

    #[test]
    fn a_moment_takes_the_form_of_its_column() {
        for (sample, expected) in [
            ("2020-02-03 04:05:06", "2024-01-02 10:00:00.5"),
            ("2020-02-03T04:05:06.123Z", "2024-01-02T10:00:00.5Z"),
            ("2020-02-03 04:05:06+02:00", "2024-01-02 10:00:00.5+00:00"),
            ("2020-02-03 04:05:06 UTC", "2024-01-02 10:00:00.5 UTC"),
            ("2020-02-03", "2024-01-02 10:00:00.5"),
        ] {
            assert_eq!(moment_like("2024-01-02 10:00:00.5", sample), expected);
        }
    }
}
