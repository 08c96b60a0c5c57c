//! Limits on bound values that hold for every server.

use chrono::{NaiveTime, Timelike};

use crate::error::{Error, ErrorKind, Result};
use crate::value::{Kind, Value};

/// The protocols count parameters in 16 bits.
const MOST_VALUES: usize = 65_535;
/// One value may have this many bytes: far above use, far below where lengths wrap.
const LARGEST_VALUE: usize = 64 << 20;

/// Checks how many values a statement binds.
pub(super) fn check_count(values: &[Value]) -> Result<()> {
    if values.len() <= MOST_VALUES {
        return Ok(());
    }
    let (found, limit) = (values.len() as u64, MOST_VALUES as u64);
    Err(ErrorKind::TooComplex { what: "bound values", found, limit }.into())
}

/// Checks the length of one value in bytes.
pub(super) fn check_length(length: usize) -> Result<()> {
    if length <= LARGEST_VALUE {
        return Ok(());
    }
    Err(Error::out_of_range(format!("a bound value of {length} bytes; the limit is {} MiB", LARGEST_VALUE >> 20)))
}

/// Checks that an item of a list has the list's kind.
pub(super) fn check_item(kind: Kind, item: &Value) -> Result<()> {
    if item.kind() == kind && !matches!(item, Value::List(..)) {
        return Ok(());
    }
    Err(Error::query(format!("a list of {kind:?} has an item that is none")))
}

/// Checks that a time is on the clock: chrono writes second 60 as a nanosecond above 999,999,999, which the wire
/// would carry as another time.
pub(super) fn check_clock(time: NaiveTime) -> Result<()> {
    if time.nanosecond() < 1_000_000_000 {
        return Ok(());
    }
    Err(Error::out_of_range("a time in a leap second; databases have none"))
}

/// An error of ours comes back from the client's encoder as it is. Any other may quote the value, so its text is
/// dropped.
pub(super) fn refusal(error: sqlx::error::BoxDynError) -> Error {
    error.downcast().map_or_else(|_| Error::out_of_range("a value that the database cannot hold"), |error| *error)
}
