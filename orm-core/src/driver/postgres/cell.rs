//! Columns on their way from PostgreSQL, read from the binary format.
//!
//! All arithmetic is checked: `infinity` and dates beyond chrono's are errors that name the column, never a panic.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use sqlx::postgres::{PgColumn, PgRow, PgTypeInfo, PgTypeKind};
use sqlx::{Column, Row, TypeInfo};
use uuid::Uuid;

use crate::driver::limits;
use crate::error::{Error, Result};
use crate::value::{Cell, Mismatch};

/// What the bytes of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::driver) enum Form {
    Bool,
    I16,
    I32,
    I64,
    U32,
    F32,
    F64,
    Decimal,
    Text,
    /// `char(n)`, with spaces up to its length, which do not count.
    Padded,
    Bytes,
    Json,
    Jsonb,
    Date,
    Time,
    DateTime,
    Timestamp,
    Uuid,
    Void,
    Unknown,
}

impl Form {
    /// Finds the form by the type that the server announced.
    pub(super) fn of(column: &PgColumn) -> Self {
        Self::of_type(column.type_info())
    }

    fn of_type(info: &PgTypeInfo) -> Self {
        let built_in = info.oid().map_or(Self::Unknown, |oid| Self::of_oid(oid.0));
        if built_in == Self::Unknown { Self::of_custom(info) } else { built_in }
    }

    /// The numbers are those of the server's `pg_type.dat`, the same everywhere.
    fn of_oid(oid: u32) -> Self {
        match oid {
            16 => Self::Bool,
            17 => Self::Bytes,
            20 => Self::I64,
            21 => Self::I16,
            23 => Self::I32,
            26 => Self::U32,
            // "char", name, text, unknown, varchar. (Not xml, which has no equality, and not intervals, which are
            // no number of microseconds: what is read must also be comparable.)
            18 | 19 | 25 | 705 | 1043 => Self::Text,
            1042 => Self::Padded,
            114 => Self::Json,
            700 => Self::F32,
            701 => Self::F64,
            1082 => Self::Date,
            1083 => Self::Time,
            1114 => Self::DateTime,
            1184 => Self::Timestamp,
            1700 => Self::Decimal,
            2278 => Self::Void,
            2950 => Self::Uuid,
            3802 => Self::Jsonb,
            _ => Self::Unknown,
        }
    }

    /// Types that have another number in each database.
    fn of_custom(info: &PgTypeInfo) -> Self {
        match info.kind() {
            PgTypeKind::Enum(_) => Self::Text,
            PgTypeKind::Domain(base) => Self::of_type(base),
            // In quotes, where the server quotes all names.
            PgTypeKind::Simple if info.name().trim_matches('"').eq_ignore_ascii_case("citext") => Self::Text,
            _ => Self::Unknown,
        }
    }
}

/// Reads one column.
pub(super) fn read(row: &PgRow, index: usize, form: Form) -> Result<Cell<'_>> {
    let raw = row.try_get_raw(index).map_err(|_| Error::internal("a column beyond the row"))?;
    let Ok(bytes) = raw.as_bytes() else { return Ok(Cell::Null) };
    cell(bytes, form).map_err(|mismatch| unreadable(row, index, mismatch))
}

#[cold]
fn unreadable(row: &PgRow, index: usize, mismatch: Mismatch) -> Error {
    let (name, found) = match row.columns().get(index) {
        Some(column) if mismatch.found.is_empty() => (column.name(), format!("type {}", column.type_info().name())),
        Some(column) => (column.name(), mismatch.found.clone()),
        None => ("", mismatch.found.clone()),
    };
    Mismatch { found, ..mismatch }.in_column(name.to_owned())
}

fn cell(bytes: &[u8], form: Form) -> Result<Cell<'_>, Mismatch> {
    Ok(match form {
        Form::Bool => Cell::Bool(bytes == [1]),
        Form::I16 => Cell::Int(i16::from_be_bytes(fixed("a 16-bit integer", bytes)?).into()),
        Form::I32 => Cell::Int(i32::from_be_bytes(fixed("a 32-bit integer", bytes)?).into()),
        Form::I64 => Cell::Int(i64::from_be_bytes(fixed("a 64-bit integer", bytes)?)),
        Form::U32 => Cell::Int(u32::from_be_bytes(fixed("an object identifier", bytes)?).into()),
        Form::F32 => Cell::Float(f32::from_be_bytes(fixed("a 32-bit float", bytes)?).into()),
        Form::F64 => Cell::Float(f64::from_be_bytes(fixed("a 64-bit float", bytes)?)),
        Form::Decimal => Cell::Decimal(decimal(bytes)?),
        Form::Text => Cell::Text(text(bytes)?),
        Form::Padded => Cell::Text(text(bytes)?.trim_end_matches(' ')),
        Form::Bytes => Cell::Bytes(bytes),
        Form::Json => Cell::Json(text(bytes)?),
        Form::Jsonb => match bytes.split_first() {
            Some((1, json)) => Cell::Json(text(json)?),
            _ => return Err(Mismatch::content("jsonb of version 1", "another version")),
        },
        Form::Date => Cell::Date(date(i32::from_be_bytes(fixed("a date", bytes)?))?),
        Form::Time => Cell::Time(time(i64::from_be_bytes(fixed("a time", bytes)?))?),
        Form::DateTime => {
            Cell::DateTime(moment("a date and time", i64::from_be_bytes(fixed("a date and time", bytes)?))?)
        }
        Form::Timestamp => {
            Cell::Timestamp(moment("a timestamp", i64::from_be_bytes(fixed("a timestamp", bytes)?))?.and_utc())
        }
        Form::Uuid => Cell::Uuid(Uuid::from_bytes(fixed("a uuid", bytes)?)),
        Form::Void => Cell::Null,
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

/// Days from 1 January of the year 1 to the server's epoch, 1 January 2000, counted as chrono does.
const EPOCH_DAYS: i32 = 730_120;
/// Microseconds from 1970 to the server's epoch.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Read, it could not be sent back.
const OTHER_DAY: &str = "a day outside of the years 0 to 9999";

fn date(days: i32) -> Result<NaiveDate, Mismatch> {
    if days == i32::MAX || days == i32::MIN {
        return Err(Mismatch::content("a date", "infinity"));
    }
    let date = days.checked_add(EPOCH_DAYS).and_then(NaiveDate::from_num_days_from_ce_opt);
    date.filter(|date| limits::has_day(*date)).ok_or_else(|| Mismatch::content("a date", OTHER_DAY))
}

fn time(micros: i64) -> Result<NaiveTime, Mismatch> {
    let time = u64::try_from(micros).ok().and_then(|micros| {
        let seconds = u32::try_from(micros / 1_000_000).ok()?;
        let nanos = u32::try_from(micros % 1_000_000).ok()? * 1_000;
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)
    });
    time.ok_or_else(|| Mismatch::content("a time", "24:00:00 or beyond"))
}

fn moment(expected: &'static str, micros: i64) -> Result<NaiveDateTime, Mismatch> {
    if micros == i64::MAX || micros == i64::MIN {
        return Err(Mismatch::content(expected, "infinity"));
    }
    let moment = micros.checked_add(EPOCH_MICROS).and_then(DateTime::from_timestamp_micros);
    let moment = moment.map(|moment| moment.naive_utc()).filter(|moment| limits::has_day(moment.date()));
    moment.ok_or_else(|| Mismatch::content(expected, OTHER_DAY))
}

/// Of 96 bits.
const LARGEST_MANTISSA: i128 = (1 << 96) - 1;
const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0x0000;

/// Digits in base 10,000, the weight of the first, the sign, and how many decimal places are shown.
fn decimal(bytes: &[u8]) -> Result<Decimal, Mismatch> {
    let too_long = || Mismatch::beyond("a decimal of at most 28 digits");
    let mut words = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let mut word = || words.next().ok_or_else(|| Mismatch::content("a decimal", "too few bytes"));
    let (count, weight, sign, scale) = (word()?, word()? as i16, word()?, word()?);
    if sign != NEGATIVE && sign != POSITIVE {
        return Err(Mismatch::content("a decimal", "NaN or infinity"));
    }
    let mut mantissa: i128 = 0;
    for _ in 0..count {
        let digit = word()?;
        mantissa = mantissa.checked_mul(10_000).and_then(|high| high.checked_add(digit.into())).ok_or_else(too_long)?;
    }
    // The mantissa counts units of 10,000 to the power of the last digit's weight; wanted are units of 10^-scale.
    let mut shift = 4 * (i32::from(weight) + 1 - i32::from(count)) + i32::from(scale);
    let mut scale = u32::from(scale);
    while shift > 0 && mantissa != 0 {
        match mantissa.checked_mul(10).filter(|longer| *longer <= LARGEST_MANTISSA) {
            Some(longer) => mantissa = longer,
            // Full: zeros behind the point are left off, zeros before it are not.
            None => {
                scale = scale.checked_sub(shift.unsigned_abs()).ok_or_else(too_long)?;
                break;
            }
        }
        shift -= 1;
    }
    while shift < 0 {
        mantissa /= 10; // the digits below the scale are zeros that fill the last word
        shift += 1;
    }
    while scale > 0 && (scale > Decimal::MAX_SCALE || mantissa > LARGEST_MANTISSA) && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    if sign == NEGATIVE {
        mantissa = -mantissa;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| too_long())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MICROS: i64 = 86_400_000_000;

    #[test]
    fn the_epoch_is_right() -> Result<(), Mismatch> {
        assert_eq!(date(0)?.to_string(), "2000-01-01");
        assert_eq!(moment("", 0)?.to_string(), "2000-01-01 00:00:00");
        assert_eq!(time(DAY_MICROS - 1)?.to_string(), "23:59:59.999999");
        assert!(time(DAY_MICROS).is_err() && time(-1).is_err());
        Ok(())
    }

    #[test]
    fn no_bytes_make_a_panic() {
        let forms = [
            Form::Bool,
            Form::I16,
            Form::I32,
            Form::I64,
            Form::U32,
            Form::F32,
            Form::F64,
            Form::Decimal,
            Form::Text,
            Form::Padded,
            Form::Bytes,
            Form::Json,
            Form::Jsonb,
            Form::Date,
            Form::Time,
            Form::DateTime,
            Form::Timestamp,
            Form::Uuid,
            Form::Void,
            Form::Unknown,
        ];
        let mut state = 88_172_645_463_325_252_u64;
        for round in 0..20_000 {
            let bytes: Vec<u8> = (0..round % 40)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    if state & 0x300 == 0 { 0xff } else { state as u8 }
                })
                .collect();
            for form in forms {
                let _ = cell(&bytes, form);
            }
        }
        for edge in [i64::MIN, i64::MIN + 1, -1, i64::MAX - 1, i64::MAX] {
            for form in [Form::Time, Form::DateTime, Form::Timestamp] {
                let _ = cell(&edge.to_be_bytes(), form);
            }
        }
    }
}
