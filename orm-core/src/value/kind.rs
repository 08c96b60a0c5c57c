//! The kinds of value, and values on their way to the database.

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ::uuid::Uuid;
use rust_decimal::Decimal;

/// A text of a value: in the value itself as long as it is short, as most are.
pub use compact_str::CompactString as Text;

/// The kinds of value that a column can hold. Each dialect spells them as column types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Kind {
    /// `bool`.
    Bool,
    /// A 16-bit signed integer; also `i8` and `u8`, checked.
    I16,
    /// A 32-bit signed integer; also `u16`, checked.
    I32,
    /// A 64-bit signed integer; also `u32` and `u64`, checked.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// An exact decimal number.
    Decimal,
    /// Unicode text.
    Text,
    /// Bytes.
    Bytes,
    /// A calendar date.
    Date,
    /// A time of day, in microseconds.
    Time,
    /// A date and time without zone, in microseconds.
    DateTime,
    /// A moment in UTC, in microseconds.
    Timestamp,
    /// A length of time, stored as whole microseconds in a 64-bit integer on every database.
    Duration,
    /// A UUID.
    Uuid,
    /// A JSON document.
    Json,
}

/// A value to bind: owned, typed, and the only way by which user data reaches a statement.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// NULL of a kind.
    Null(Kind),
    /// See [`Kind::Bool`].
    Bool(bool),
    /// See [`Kind::I16`].
    I16(i16),
    /// See [`Kind::I32`].
    I32(i32),
    /// See [`Kind::I64`].
    I64(i64),
    /// See [`Kind::F32`].
    F32(f32),
    /// See [`Kind::F64`].
    F64(f64),
    /// See [`Kind::Decimal`].
    Decimal(Decimal),
    /// See [`Kind::Text`].
    Text(Text),
    /// See [`Kind::Bytes`].
    Bytes(Vec<u8>),
    /// See [`Kind::Date`].
    Date(NaiveDate),
    /// See [`Kind::Time`].
    Time(NaiveTime),
    /// See [`Kind::DateTime`].
    DateTime(NaiveDateTime),
    /// See [`Kind::Timestamp`].
    Timestamp(DateTime<Utc>),
    /// See [`Kind::Duration`]; microseconds.
    Duration(i64),
    /// See [`Kind::Uuid`].
    Uuid(Uuid),
    /// See [`Kind::Json`].
    Json(Box<serde_json::Value>),
    /// A list bound as one parameter: an array where the database has arrays, else JSON text.
    List(Kind, Vec<Value>),
}

impl Value {
    /// The kind of the value; of a list, the kind of its items.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) | Self::List(kind, _) => *kind,
            Self::Bool(_) => Kind::Bool,
            Self::I16(_) => Kind::I16,
            Self::I32(_) => Kind::I32,
            Self::I64(_) => Kind::I64,
            Self::F32(_) => Kind::F32,
            Self::F64(_) => Kind::F64,
            Self::Decimal(_) => Kind::Decimal,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Date(_) => Kind::Date,
            Self::Time(_) => Kind::Time,
            Self::DateTime(_) => Kind::DateTime,
            Self::Timestamp(_) => Kind::Timestamp,
            Self::Duration(_) => Kind::Duration,
            Self::Uuid(_) => Kind::Uuid,
            Self::Json(_) => Kind::Json,
        }
    }

    /// Tells whether this is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}
