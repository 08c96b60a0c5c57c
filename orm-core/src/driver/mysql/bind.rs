//! Values on their way to MySQL and MariaDB.
//!
//! What they have no type for travels as text: UUIDs hyphenated, JSON, and lists as a JSON array for `JSON_TABLE`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlArguments, MySqlTypeInfo};
use sqlx::types::Type;
use sqlx::{Arguments as _, MySql};

use crate::driver::{limits, server};
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::value::{Kind, Value};

/// Bytes of a packet that are neither text nor values, with room to spare; and those of each value beside its own.
const FRAME: usize = 64;
const FRAME_OF_VALUE: usize = 4;

/// Encodes bound values. What is larger than the server takes at once is refused: it would end the connection.
pub(super) fn arguments(statement: &Statement, largest: usize) -> Result<MySqlArguments> {
    let values = &statement.binds;
    limits::check_count(values)?;
    let room = Room { largest, left: largest.saturating_sub(FRAME + values.len() * FRAME_OF_VALUE) };
    room.check(statement.sql.len())?;
    let mut arguments = MySqlArguments::default();
    arguments.reserve(values.len(), values.len() * 8);
    for value in values {
        limits::check(value)?;
        arguments.add(Bound(value, room)).map_err(server::refusal::unsent)?;
    }
    Ok(arguments)
}

/// What the server takes at once.
#[derive(Clone, Copy)]
struct Room {
    largest: usize,
    left: usize,
}

impl Room {
    fn check(self, length: usize) -> Result<()> {
        if length <= self.left {
            return Ok(());
        }
        let Self { largest, .. } = self;
        let reason = format!(
            "a statement with its values has {length} bytes, and the server takes {largest} at once (`max_allowed_packet`); send \
             less in one statement, or raise that setting"
        );
        Err(Error::out_of_range(reason))
    }
}

/// A value as the client's encoder takes it: behind those before it, in the same buffer.
struct Bound<'v>(&'v Value, Room);

impl Type<MySql> for Bound<'_> {
    fn type_info() -> MySqlTypeInfo {
        <str as Type<MySql>>::type_info()
    }
}

impl Encode<'_, MySql> for Bound<'_> {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        // Before it is copied, if that can be told.
        self.1.check(match self.0 {
            Value::Text(value) => buffer.len() + value.len(),
            Value::Bytes(value) => buffer.len() + value.len(),
            _ => buffer.len(),
        })?;
        let encoded = self.encode_into(buffer)?;
        self.1.check(buffer.len())?;
        Ok(encoded)
    }

    fn produces(&self) -> Option<MySqlTypeInfo> {
        Some(match self.0 {
            Value::List(..) => type_of::<str>(),
            value => single_type(value.kind()),
        })
    }
}

impl Bound<'_> {
    fn encode_into(&self, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        match self.0 {
            Value::Null(_) => Ok(IsNull::Yes),
            Value::Bool(value) => Encode::<MySql>::encode_by_ref(&i8::from(*value), buffer),
            Value::I16(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::I32(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::I64(value) | Value::Duration(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::F32(value) => {
                finite((*value).into())?;
                Encode::<MySql>::encode_by_ref(value, buffer)
            }
            Value::F64(value) => {
                finite(*value)?;
                Encode::<MySql>::encode_by_ref(value, buffer)
            }
            Value::Decimal(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::Text(value) => {
                limits::check_length(value.len())?;
                Encode::<MySql>::encode_by_ref(&value.as_str(), buffer)
            }
            Value::Bytes(value) => {
                limits::check_length(value.len())?;
                Encode::<MySql>::encode_by_ref(&value.as_slice(), buffer)
            }
            Value::Date(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::Time(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::DateTime(value) => Encode::<MySql>::encode_by_ref(value, buffer),
            Value::Timestamp(value) => Encode::<MySql>::encode_by_ref(&value.naive_utc(), buffer),
            Value::Uuid(value) => Encode::<MySql>::encode_by_ref(&value.hyphenated(), buffer),
            Value::Json(value) => text(&serde_json::to_string(value)?, buffer),
            Value::List(kind, items) => text(&list(*kind, items)?, buffer),
        }
    }
}

fn single_type(kind: Kind) -> MySqlTypeInfo {
    match kind {
        Kind::Bool => type_of::<i8>(),
        Kind::I16 => type_of::<i16>(),
        Kind::I32 => type_of::<i32>(),
        Kind::I64 | Kind::Duration => type_of::<i64>(),
        Kind::F32 => type_of::<f32>(),
        Kind::F64 => type_of::<f64>(),
        Kind::Decimal => type_of::<Decimal>(),
        Kind::Text | Kind::Uuid | Kind::Json => type_of::<str>(),
        Kind::Bytes => type_of::<[u8]>(),
        Kind::Date => type_of::<NaiveDate>(),
        Kind::Time => type_of::<NaiveTime>(),
        // A moment is kept in a DATETIME(6) in UTC: TIMESTAMP ends in 2038.
        Kind::DateTime | Kind::Timestamp => type_of::<NaiveDateTime>(),
    }
}

fn type_of<T: Type<MySql> + ?Sized>() -> MySqlTypeInfo {
    T::type_info()
}

fn text(text: &str, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
    limits::check_length(text.len())?;
    Encode::<MySql>::encode_by_ref(&text, buffer)
}

/// Writes a list as a JSON array: numbers as numbers, truth as 0 and 1, bytes in hexadecimal, the rest as text.
fn list(kind: Kind, items: &[Value]) -> Result<String> {
    let items = items.iter().map(|item| {
        limits::check_item(kind, item)?;
        json_item(item)
    });
    let items: Result<Vec<serde_json::Value>> = items.collect();
    Ok(serde_json::Value::Array(items?).to_string())
}

fn json_item(item: &Value) -> Result<serde_json::Value> {
    Ok(match item {
        Value::Null(_) => serde_json::Value::Null,
        Value::Bool(value) => i8::from(*value).into(),
        Value::I16(value) => (*value).into(),
        Value::I32(value) => (*value).into(),
        Value::I64(value) | Value::Duration(value) => (*value).into(),
        Value::F32(value) => finite((*value).into())?.into(),
        Value::F64(value) => finite(*value)?.into(),
        Value::Decimal(value) => value.to_string().into(),
        Value::Text(value) => value.as_str().into(),
        Value::Bytes(value) => value.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        Value::Date(value) => value.to_string().into(),
        Value::Time(value) => value.to_string().into(),
        Value::DateTime(value) => moment_text(*value).into(),
        Value::Timestamp(value) => moment_text(value.naive_utc()).into(),
        Value::Uuid(value) => value.hyphenated().to_string().into(),
        Value::Json(value) => value.to_string().into(),
        Value::List(_, items) => serde_json::Value::Array(items.iter().map(json_item).collect::<Result<_>>()?),
    })
}

fn moment_text(moment: NaiveDateTime) -> String {
    moment.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

fn finite(value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::out_of_range(
            "a float is NaN or infinite, which MySQL and MariaDB do not have; store NULL instead (`Option<f64>`)",
        ))
    }
}
