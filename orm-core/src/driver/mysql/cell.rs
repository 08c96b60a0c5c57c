//! Columns on their way from MySQL and MariaDB, read from the binary format.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use sqlx::mysql::{MySqlColumn, MySqlRow, MySqlTypeInfo};
use sqlx::types::Type;
use sqlx::{Column, Decode, MySql, Row, TypeInfo};

use crate::driver::limits;
use crate::error::{Error, Result};
use crate::value::{Cell, Mismatch};

/// What the bytes of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::driver) enum Form {
    Signed,
    Unsigned,
    F32,
    F64,
    Decimal,
    Text,
    Bytes,
    Json,
    Bit,
    Date,
    Time,
    DateTime,
    Null,
    Unknown,
}

impl Form {
    /// Finds the form by the type that the server announced.
    pub(super) fn of(column: &MySqlColumn) -> Self {
        let info = column.type_info();
        match info.name() {
            "BIT" => Self::Bit,
            "YEAR" => Self::Unsigned,
            "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => Self::integer(info),
            "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED" | "BIGINT UNSIGNED" => {
                Self::Unsigned
            }
            "FLOAT" => Self::F32,
            "DOUBLE" => Self::F64,
            "DECIMAL" => Self::Decimal,
            "DATE" => Self::Date,
            "TIME" => Self::Time,
            "DATETIME" | "TIMESTAMP" => Self::DateTime,
            "JSON" => Self::Json,
            "NULL" => Self::Null,
            "SET" => Self::Text,
            // The names of text and bytes tell binary collations, such as that of MariaDB's JSON, from text wrongly.
            // The character set tells them rightly.
            _ if <str as Type<MySql>>::compatible(info) => Self::Text,
            _ if <[u8] as Type<MySql>>::compatible(info) => Self::Bytes,
            _ => Self::Unknown,
        }
    }

    /// A `TINYINT(1) UNSIGNED` is named like a boolean; its flags tell.
    fn integer(info: &MySqlTypeInfo) -> Self {
        if <u64 as Type<MySql>>::compatible(info) { Self::Unsigned } else { Self::Signed }
    }
}

/// Reads one column.
pub(super) fn read(row: &MySqlRow, index: usize, form: Form) -> Result<Cell<'_>> {
    let raw = row.try_get_raw(index).map_err(|_| Error::internal("a column beyond the row"))?;
    // Only NULL has no bytes. (The client's own test for NULL takes a zero date for one.)
    let Ok(bytes) = <&[u8] as Decode<MySql>>::decode(raw) else { return Ok(Cell::Null) };
    cell(bytes, form).map_err(|mismatch| unreadable(row, index, mismatch))
}

#[cold]
fn unreadable(row: &MySqlRow, index: usize, mismatch: Mismatch) -> Error {
    let (name, found) = match row.columns().get(index) {
        Some(column) if mismatch.found.is_empty() => (column.name(), format!("type {}", column.type_info().name())),
        Some(column) => (column.name(), mismatch.found.clone()),
        None => ("", mismatch.found.clone()),
    };
    Mismatch { found, ..mismatch }.in_column(name.to_owned())
}

fn cell(bytes: &[u8], form: Form) -> Result<Cell<'_>, Mismatch> {
    Ok(match form {
        Form::Signed => Cell::Int(signed(bytes)?),
        Form::Unsigned => whole(unsigned(bytes)?),
        Form::F32 => Cell::Float(f32::from_le_bytes(fixed("a 32-bit float", bytes)?).into()),
        Form::F64 => Cell::Float(f64::from_le_bytes(fixed("a 64-bit float", bytes)?)),
        Form::Decimal => Cell::Decimal(decimal(text(bytes)?)?),
        Form::Text => Cell::Text(text(bytes)?),
        Form::Bytes => Cell::Bytes(bytes),
        Form::Json => Cell::Json(text(bytes)?),
        Form::Bit => whole(bits(bytes)?),
        Form::Date => Cell::Date(date(after_length(bytes)?)?),
        Form::Time => Cell::Time(time(after_length(bytes)?)?),
        Form::DateTime => Cell::DateTime(moment(after_length(bytes)?)?),
        Form::Null => Cell::Null,
        // The caller adds the type's name.
        Form::Unknown => return Err(Mismatch::content("a type this library reads", "")),
    })
}

fn fixed<const LENGTH: usize>(expected: &'static str, bytes: &[u8]) -> Result<[u8; LENGTH], Mismatch> {
    bytes.try_into().map_err(|_| Mismatch::content(expected, format_args!("{} bytes", bytes.len())))
}

fn text(bytes: &[u8]) -> Result<&str, Mismatch> {
    std::str::from_utf8(bytes).map_err(|_| Mismatch::content("text in UTF-8", "other bytes"))
}

fn signed(bytes: &[u8]) -> Result<i64, Mismatch> {
    Ok(match bytes.len() {
        1 => i8::from_le_bytes(fixed("an integer", bytes)?).into(),
        2 => i16::from_le_bytes(fixed("an integer", bytes)?).into(),
        4 => i32::from_le_bytes(fixed("an integer", bytes)?).into(),
        _ => i64::from_le_bytes(fixed("an integer", bytes)?),
    })
}

fn unsigned(bytes: &[u8]) -> Result<u64, Mismatch> {
    Ok(match bytes.len() {
        1 => u8::from_le_bytes(fixed("an integer", bytes)?).into(),
        2 => u16::from_le_bytes(fixed("an integer", bytes)?).into(),
        4 => u32::from_le_bytes(fixed("an integer", bytes)?).into(),
        _ => u64::from_le_bytes(fixed("an integer", bytes)?),
    })
}

fn bits(bytes: &[u8]) -> Result<u64, Mismatch> {
    if bytes.len() > 8 {
        return Err(Mismatch::content("up to 64 bits", format_args!("{} bytes", bytes.len())));
    }
    Ok(bytes.iter().fold(0, |whole, byte| whole << 8 | u64::from(*byte)))
}

/// An integer above `i64` goes on as a decimal: integer fields refuse it with a message, decimal fields hold it.
fn whole(value: u64) -> Cell<'static> {
    i64::try_from(value).map_or_else(|_| Cell::Decimal(value.into()), Cell::Int)
}

fn decimal(text: &str) -> Result<Decimal, Mismatch> {
    let parsed = Decimal::from_str_exact(text).or_else(|error| match text.contains('.') {
        true => Decimal::from_str_exact(text.trim_end_matches('0').trim_end_matches('.')),
        false => Err(error),
    });
    parsed.map_err(|_| Mismatch::beyond("a decimal of at most 28 digits"))
}

/// Dates and times are as long as their last part that is not zero, and say so in front.
fn after_length(bytes: &[u8]) -> Result<&[u8], Mismatch> {
    match bytes.split_first() {
        Some((length, rest)) if usize::from(*length) == rest.len() => Ok(rest),
        _ => Err(Mismatch::content("a date or time", "another length")),
    }
}

fn date(bytes: &[u8]) -> Result<NaiveDate, Mismatch> {
    let zero = || Mismatch::content("a date", "a zero date, or a day that its month does not have");
    let [low, high, month, day, ..] = *bytes else { return Err(zero()) };
    let year = u16::from_le_bytes([low, high]);
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
        .filter(|date| limits::has_day(*date))
        .ok_or_else(zero)
}

fn moment(bytes: &[u8]) -> Result<NaiveDateTime, Mismatch> {
    let date = date(bytes)?;
    let time = clock(bytes.get(4..).unwrap_or_default());
    time.map(|time| date.and_time(time)).ok_or_else(|| Mismatch::content("a date and time", "a time that is none"))
}

/// Sign, days, then the clock: a TIME is a length of time that may be a time of day.
fn time(bytes: &[u8]) -> Result<NaiveTime, Mismatch> {
    let beyond = || Mismatch::content("a time of day", "a length of time beyond a day or below zero");
    if bytes.is_empty() {
        return Ok(NaiveTime::MIN);
    }
    let (head, tail) = bytes.split_at_checked(5).ok_or_else(beyond)?;
    if head != [0; 5] {
        return Err(beyond());
    }
    clock(tail).ok_or_else(beyond)
}

fn clock(bytes: &[u8]) -> Option<NaiveTime> {
    let [hour, minute, second, ref micros @ ..] = *bytes else {
        return bytes.is_empty().then_some(NaiveTime::MIN);
    };
    let micros = if micros.is_empty() { 0 } else { u32::from_le_bytes(micros.try_into().ok()?) };
    NaiveTime::from_hms_micro_opt(hour.into(), minute.into(), second.into(), micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_make_a_panic() {
        let forms = [
            Form::Signed,
            Form::Unsigned,
            Form::F32,
            Form::F64,
            Form::Decimal,
            Form::Text,
            Form::Bytes,
            Form::Json,
            Form::Bit,
            Form::Date,
            Form::Time,
            Form::DateTime,
            Form::Null,
            Form::Unknown,
        ];
        let mut state = 88_172_645_463_325_252_u64;
        for round in 0..20_000 {
            let mut bytes: Vec<u8> = (0..round % 20)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state as u8
                })
                .collect();
            if let Some(length) = bytes.len().checked_sub(1) {
                bytes[0] = length as u8;
            }
            for form in forms {
                let _ = cell(&bytes, form);
            }
        }
    }

    #[test]
    fn decimals_with_many_zeros_fit() -> Result<(), Mismatch> {
        assert_eq!(decimal("1.500000000000000000000000000000")?.to_string(), "1.5");
        assert_eq!(decimal("1.50")?.to_string(), "1.50");
        assert!(decimal("0.000000000000000000000000000001").is_err());
        assert!(decimal("1e5x").is_err());
        Ok(())
    }
}
