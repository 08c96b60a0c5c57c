//! Values on their way to the database, cells on their way back, and the types that are both.
//!
//! A [`FieldType`] is a Rust type that a column can have. It encodes to a [`Value`], which a driver binds, and
//! decodes from a [`Cell`], which a driver reads. Neither side knows the other: a new Rust type is one file in
//! this room, a new database none.

mod choices;
mod chrono;
mod decimal;
mod finite;
mod json;
mod presence;
mod std;
mod uuid;
mod whole;

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ::std::fmt;
use ::uuid::Uuid;
use rust_decimal::Decimal;

/// A text of a value: in the value itself as long as it is short, as most are.
pub use compact_str::CompactString as Text;

pub use self::choices::{int_choice, no_choice, text_choice};
pub use self::chrono::{datetime_text, parse_datetime, parse_time};
pub use self::decimal::parse_decimal;
pub use self::json::Json;
pub(crate) use self::json::canonical;
pub use self::presence::{Here, Maybe, Presence};
pub use self::uuid::parse_uuid;

use crate::error::{Error, ErrorKind, Result};

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

/// One column of one row as the driver found it, borrowed from the driver's buffer.
///
/// A driver gives the cell that is natural for what the wire holds: SQLite has only the first five, with
/// [`Text`](Cell::Text) for everything else, PostgreSQL and MySQL have them all.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Cell<'r> {
    /// NULL.
    Null,
    /// An integer of any width.
    Int(i64),
    /// A float of any width.
    Float(f64),
    /// Text.
    Text(&'r str),
    /// Bytes.
    Bytes(&'r [u8]),
    /// A boolean.
    Bool(bool),
    /// An exact decimal number.
    Decimal(Decimal),
    /// A calendar date.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A date and time without zone.
    DateTime(NaiveDateTime),
    /// A moment.
    Timestamp(DateTime<Utc>),
    /// A UUID.
    Uuid(Uuid),
    /// The text of a JSON document.
    Json(&'r str),
}

impl Cell<'_> {
    /// The cell's type in words, for messages; never its content.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Bool(_) => "a boolean",
            Self::Decimal(_) => "a decimal",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time",
            Self::DateTime(_) => "a date and time",
            Self::Timestamp(_) => "a timestamp",
            Self::Uuid(_) => "a uuid",
            Self::Json(_) => "json",
        }
    }
}

/// Why a cell is not a value of the wanted type. The row reader adds the column's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The wanted type.
    pub expected: &'static str,
    /// What the cell holds.
    pub found: String,
    /// Whether it is a number of the wanted kind that is too great, too small or too long.
    pub beyond: bool,
}

impl Mismatch {
    /// The cell has another type.
    pub fn of(expected: &'static str, cell: Cell<'_>) -> Self {
        Self { expected, found: cell.describe().to_owned(), beyond: false }
    }

    /// The cell has the right type and a content that does not fit; told without showing it, since errors are logged.
    pub fn content(expected: &'static str, found: impl fmt::Display) -> Self {
        Self { expected, found: found.to_string(), beyond: false }
    }

    /// The cell has a number that the wanted type cannot hold.
    pub fn beyond(expected: &'static str) -> Self {
        Self { beyond: true, ..Self::content(expected, "a number that does not fit") }
    }

    /// The error of a column: out of range for a number, else another content than expected.
    pub fn in_column(self, column: String) -> Error {
        let Self { expected, found, beyond } = self;
        if beyond {
            return Error::out_of_range(format!("column `{column}`: expected {expected}, found {found}"));
        }
        ErrorKind::Decode { column, expected, found }.into()
    }
}

/// A Rust type that a column can have.
///
/// `Option<T>` is the nullable form of `T`; every other type is NOT NULL. Implement it for your own types with
/// `#[derive(FieldType)]` (newtypes) and `#[derive(Choices)]` (enums).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "no column can hold this",
    note = "use a type of the standard library, chrono, uuid, Decimal or serde_json, `Json<T>`, or derive `FieldType` (newtype) or `Choices` (enum)"
)]
pub trait FieldType: Sized + Send + Sync + 'static {
    /// The type without its `Option`.
    type Bare: FieldType;
    /// The type with an `Option`, once.
    type Nullable: FieldType<Bare = Self::Bare, Nullable = Self::Nullable>;
    /// Whether a value may be absent: [`Maybe`] for an `Option`, else [`Here`].
    type Presence: Presence;
    /// The kind of column.
    const KIND: Kind;
    /// Whether the column may be NULL.
    const NULLABLE: bool = <Self::Presence as Presence>::MAYBE;
    /// The least and greatest integer, where that is narrower than the kind.
    const RANGE: Option<(i64, i64)> = None;
    /// The values allowed, where they are a closed list (see `Choices`), as stored.
    const CHOICES: Option<Choices> = None;

    /// Reads the value from a cell.
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch>;

    /// Writes the value; fails where the column cannot hold it.
    fn encode(&self) -> Result<Value>;
}

/// A column type as itself. Generated code names its columns' types through [`Field`] alone, so that a type that is none is
/// reported in one way, and once.
pub trait Stored {
    /// The type.
    type Itself: FieldType;
}

impl<T: FieldType> Stored for T {
    type Itself = T;
}

/// `T`, if it is a column type.
pub type Field<T> = <T as Stored>::Itself;

/// The type of a column of type `T` at the end of a path of presence `N`: `T`, or its `Option` where the path may be absent.
pub type At<N, T> = <N as Presence>::Of<T>;

/// The closed list of values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choices {
    /// Stored as text.
    Text(&'static [&'static str]),
    /// Stored as integers.
    Int(&'static [i64]),
}

impl<T> FieldType for Option<T>
where
    T: FieldType<Bare = T, Nullable = Option<T>>,
{
    type Bare = T;
    type Nullable = Self;
    type Presence = Maybe;
    const KIND: Kind = T::KIND;
    const RANGE: Option<(i64, i64)> = T::RANGE;
    const CHOICES: Option<Choices> = T::CHOICES;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::decode(cell).map(Some),
        }
    }

    fn encode(&self) -> Result<Value> {
        match self {
            None => Ok(Value::Null(T::KIND)),
            Some(value) => value.encode(),
        }
    }
}

/// A number that its column's type cannot hold. (No error shows a value.)
pub(crate) fn does_not_fit(rust_type: &str) -> Error {
    Error::out_of_range(format!("the number does not fit {rust_type}"))
}
