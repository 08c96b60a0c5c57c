//! What a column of another program's table keeps of a value. SQLite turns texts that read like numbers into numbers there,
//! and numbers into texts, by the affinity of the column (<https://sqlite.org/datatype3.html#type_affinity>).

use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::foreign::{cell, no_form, read};
use super::scalar::{complain, scalar};
use crate::error::{ErrorKind, RangeLimit};

pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "dormouse_kept", 5, kept)
}

/// A value that is given to a column: as it is in the row, if they are equal, and an error unless it can be read again.
/// (The arguments: it, the value in the row, its kind, the column's name and affinity.)
fn kept(context: &Context<'_>) -> Result<Value> {
    let (given, present) = (context.get_raw(0), context.get_raw(1));
    if matches!(given, ValueRef::Null) {
        return Ok(Value::Null);
    }
    let (kind, column) = (context.get_raw(2).as_str()?, context.get_raw(3).as_str()?);
    let wanted = read(kind, cell(given)?).map_err(|mismatch| no_form(kind, column, mismatch))?;
    let is_wanted =
        |value: ValueRef<'_>| cell(value).is_ok_and(|cell| read(kind, cell).is_ok_and(|found| found == wanted));
    if is_wanted(present) {
        return context.get(1);
    }
    let affinity = context.get_raw(4).as_str()?;
    let is_kept = changed(given, affinity).is_none_or(|changed| is_wanted(ValueRef::from(&changed)));
    if is_kept { context.get(0) } else { Err(complain(unkept(affinity, column))) }
}

/// The error of a value that is not kept.
fn unkept(affinity: &str, column: &str) -> ErrorKind {
    let (becomes, better) = if affinity == "TEXT" { ("text", "a number") } else { ("a number", "TEXT") };
    let reason = format!(
        "SQLite keeps {becomes} in the column `{column}`, by the type that it was declared with, and this value could not be \
         read again: the column must be declared as {better}"
    );
    ErrorKind::OutOfRange { of: RangeLimit::Stored, column: Some(column.to_owned()), reason }
}

/// What becomes of a value in a column of an affinity, if another than it is.
fn changed(value: ValueRef<'_>, affinity: &str) -> Option<Value> {
    match (affinity, value) {
        ("TEXT", ValueRef::Integer(value)) => Some(Value::Text(value.to_string())),
        ("TEXT", ValueRef::Real(value)) => Some(Value::Text(format!("{value:?}"))),
        ("REAL", ValueRef::Integer(value)) => Some(Value::Real(value as f64)),
        ("REAL", ValueRef::Text(text)) => match number(text)? {
            Value::Integer(value) => Some(Value::Real(value as f64)),
            value => Some(value),
        },
        ("INTEGER" | "NUMERIC", ValueRef::Text(text)) => number(text).map(|value| match value {
            Value::Real(value) => whole(value).unwrap_or(Value::Real(value)),
            value => value,
        }),
        ("INTEGER" | "NUMERIC", ValueRef::Real(value)) => whole(value),
        _ => None,
    }
}

/// The number that a text reads like to SQLite, blanks around it left out. SQLite 3.54 reads no further than to a NUL, for 3.51 a text
/// with one was no number: it is taken for one, which is an error where the text could not be read again.
fn number(text: &[u8]) -> Option<Value> {
    let text = text.split(|byte| *byte == 0).next()?;
    let digits = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let integer = || digits.parse().ok().map(Value::Integer);
    // (Rust also reads names of numbers.)
    integer().or_else(|| digits.parse().ok().map(Value::Real)).filter(|_| plain)
}

/// A float as the integer that it is.
fn whole(value: f64) -> Option<Value> {
    let integer = value as i64;
    let exact = integer as f64 == value && integer > i64::MIN && integer < i64::MAX;
    exact.then_some(Value::Integer(integer))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use rusqlite::types::{Value, ValueRef};

    use super::changed;

    #[test]
    fn columns_keep_what_sqlite_keeps() {
        let connection = Connection::open_in_memory().unwrap();
        let texts = [
            "",
            " ",
            "7",
            "-0",
            "+5",
            " 5\n",
            "5\u{a0}",
            "\u{b}5",
            ".5",
            "5.",
            "5.e3",
            "1e3",
            "1E+3",
            "1e",
            "e5",
            ".",
            "-",
            "+.5",
            "0x10",
            "inf",
            "nan",
            "Infinity",
            "1_000",
            "1.50",
            "1e400",
            "-1e400",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "12345678901234567890123456789012",
            "1234e56",
            "5\0",
            "5\0x",
            "5 \0 ",
            "\u{0}5",
            "x\u{0}5",
            "２",
            "1 2",
            "9007199254740993",
            "1e18",
        ];
        let numbers = [0.0, -0.0, 0.5, 1e15, 9.2e18, 9.3e18, f64::MAX, f64::INFINITY, -9_223_372_036_854_775_808.0];
        let values: Vec<Value> = (texts.iter().map(|text| Value::Text((*text).to_owned())))
            .chain(numbers.map(Value::Real))
            .chain([0, -7, i64::MAX, i64::MIN, (1 << 53) + 1].map(Value::Integer))
            .chain([Value::Blob(b"12".to_vec()), Value::Null])
            .collect();
        for affinity in ["TEXT", "NUMERIC", "INTEGER", "REAL", "BLOB"] {
            connection.execute_batch(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (v {affinity})")).unwrap();
            for value in &values {
                connection.execute("DELETE FROM t", []).unwrap();
                connection.execute("INSERT INTO t VALUES (?)", [value]).unwrap();
                let stored: Value = connection.query_row("SELECT v FROM t", [], |row| row.get(0)).unwrap();
                let foretold = changed(ValueRef::from(value), affinity).unwrap_or_else(|| value.clone());
                let alike = match (&stored, &foretold) {
                    // The digits of a float as text are SQLite's own.
                    (Value::Text(_), Value::Text(_)) => matches!(value, Value::Real(_)) || stored == foretold,
                    // By the version of SQLite.
                    _ if matches!(value, Value::Text(text) if text.contains('\0')) => {
                        stored == foretold || stored == *value
                    }
                    _ => stored == foretold,
                };
                assert!(alike, "{value:?} in {affinity}: {stored:?}, not {foretold:?}");
            }
        }
    }
}
