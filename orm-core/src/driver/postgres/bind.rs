//! Values on their way to PostgreSQL, each with its own type, but for texts in statements on tables of others: these take
//! the type of the column they stand beside, so that they mean there what the column means (`citext`, an enum, a domain,
//! `char(n)`). In the binary format the text is the same for all of them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgHasArrayType, PgTypeInfo};
use sqlx::types::Type;
use sqlx::{Arguments as _, Postgres};
use uuid::Uuid;

use crate::driver::{limits, server};
use crate::error::{Error, Result};
use crate::value::{Kind, Value};

/// Encodes bound values.
pub(super) fn arguments(values: &[Value], untyped_texts: bool) -> Result<PgArguments> {
    limits::check_count(values)?;
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 8);
    for value in values {
        limits::check(value)?;
        arguments.add(Bound { value, untyped_texts }).map_err(server::refusal::unsent)?;
    }
    Ok(arguments)
}

/// The type that the server finds out by what stands beside the parameter.
const UNDECIDED: PgTypeInfo = PgTypeInfo::with_oid(Oid(0));

/// A value as the client's encoder takes it.
struct Bound<'v> {
    value: &'v Value,
    untyped_texts: bool,
}

impl Type<Postgres> for Bound<'_> {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Bound<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self.value {
            Value::List(kind, items) => list(*kind, items, buffer),
            value => single(value, buffer),
        }
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(match self.value {
            Value::List(kind, _) => list_type(*kind),
            value if self.untyped_texts && value.kind() == Kind::Text => UNDECIDED,
            value => single_type(value.kind()),
        })
    }
}

fn single(value: &Value, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
    match value {
        Value::Null(_) => Ok(IsNull::Yes),
        Value::Bool(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::I16(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::I32(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::I64(value) | Value::Duration(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::F32(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::F64(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::Decimal(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::Text(value) if value.contains('\0') => Err(nul("text").into()),
        Value::Text(value) => {
            limits::check_length(value.len())?;
            Encode::<Postgres>::encode_by_ref(&value.as_str(), buffer)
        }
        Value::Bytes(value) => {
            limits::check_length(value.len())?;
            Encode::<Postgres>::encode_by_ref(&value.as_slice(), buffer)
        }
        Value::Date(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::Time(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::DateTime(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::Timestamp(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::Uuid(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
        Value::Json(value) if has_nul(value) => Err(nul("JSON").into()),
        Value::Json(value) => {
            let start = buffer.len();
            buffer.push(1); // the version of the binary format of jsonb
            serde_json::to_writer(&mut **buffer, value)?;
            limits::check_length(buffer.len() - start)?;
            Ok(IsNull::No)
        }
        Value::List(..) => Err(Error::internal("a list inside a list cannot be bound").into()),
    }
}

#[cold]
fn nul(what: &str) -> Error {
    Error::out_of_range(format!(
        "{what} has a NUL character, which PostgreSQL cannot store; take it out, or use a field of bytes"
    ))
}

/// Tells whether a text or key of a document has a NUL character.
fn has_nul(json: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match json {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// A one-dimensional array: its dimensions, flags and element type, then each item after its length.
fn list(kind: Kind, items: &[Value], buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
    let element = single_type(kind).oid().ok_or("an element type without an OID")?;
    let start = buffer.len();
    buffer.extend_from_slice(&1_i32.to_be_bytes());
    buffer.extend_from_slice(&i32::from(items.iter().any(Value::is_null)).to_be_bytes());
    buffer.extend_from_slice(&element.0.to_be_bytes());
    buffer.extend_from_slice(&i32::try_from(items.len())?.to_be_bytes());
    buffer.extend_from_slice(&1_i32.to_be_bytes()); // the index of the first item
    for item in items {
        limits::check_item(kind, item)?;
        let length_at = buffer.len();
        buffer.extend_from_slice(&(-1_i32).to_be_bytes());
        if let IsNull::No = single(item, buffer)? {
            let length = i32::try_from(buffer.len() - length_at - 4)?;
            buffer[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    limits::check_length(buffer.len() - start)?;
    Ok(IsNull::No)
}

fn single_type(kind: Kind) -> PgTypeInfo {
    match kind {
        Kind::Bool => type_of::<bool>(),
        Kind::I16 => type_of::<i16>(),
        Kind::I32 => type_of::<i32>(),
        Kind::I64 | Kind::Duration => type_of::<i64>(),
        Kind::F32 => type_of::<f32>(),
        Kind::F64 => type_of::<f64>(),
        Kind::Decimal => type_of::<Decimal>(),
        Kind::Text => type_of::<str>(),
        Kind::Bytes => type_of::<[u8]>(),
        Kind::Date => type_of::<NaiveDate>(),
        Kind::Time => type_of::<NaiveTime>(),
        Kind::DateTime => type_of::<NaiveDateTime>(),
        Kind::Timestamp => type_of::<DateTime<Utc>>(),
        Kind::Uuid => type_of::<Uuid>(),
        Kind::Json => type_of::<serde_json::Value>(),
    }
}

fn list_type(kind: Kind) -> PgTypeInfo {
    match kind {
        Kind::Bool => bool::array_type_info(),
        Kind::I16 => i16::array_type_info(),
        Kind::I32 => i32::array_type_info(),
        Kind::I64 | Kind::Duration => i64::array_type_info(),
        Kind::F32 => f32::array_type_info(),
        Kind::F64 => f64::array_type_info(),
        Kind::Decimal => Decimal::array_type_info(),
        Kind::Text => String::array_type_info(),
        Kind::Bytes => <Vec<u8> as PgHasArrayType>::array_type_info(),
        Kind::Date => NaiveDate::array_type_info(),
        Kind::Time => NaiveTime::array_type_info(),
        Kind::DateTime => NaiveDateTime::array_type_info(),
        Kind::Timestamp => <DateTime<Utc> as PgHasArrayType>::array_type_info(),
        Kind::Uuid => Uuid::array_type_info(),
        Kind::Json => <serde_json::Value as PgHasArrayType>::array_type_info(),
    }
}

fn type_of<T: Type<Postgres> + ?Sized>() -> PgTypeInfo {
    T::type_info()
}
