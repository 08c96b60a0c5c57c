//! Values on their way back, and why one is not what was wanted.

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ::std::fmt;
use ::uuid::Uuid;
use rust_decimal::Decimal;

use crate::error::{Error, ErrorKind, RangeLimit};

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
            let reason = format!("column `{column}`: expected {expected}, found {found}");
            return ErrorKind::OutOfRange { of: RangeLimit::Stored, column: Some(column), reason }.into();
        }
        ErrorKind::Decode { column, expected, found }.into()
    }
}
