//! Limits on bound values that hold for every database, so that a value accepted by one is accepted by all, and one that
//! could not be read again is refused before anything is sent.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::error::{Error, ErrorKind, Result};
use crate::value::{Kind, Value};

/// The protocols count parameters in 16 bits.
const MOST_VALUES: usize = 65_535;
/// One value may have this many bytes: far above use, far below where lengths wrap.
const LARGEST_VALUE: usize = 64 << 20;

/// How many arrays and objects of a JSON document may stand inside each other: MariaDB checks no deeper ones.
const MOST_LEVELS: usize = 31;

/// Checks what a value may be on every database.
#[inline]
pub(super) fn check(value: &Value) -> Result<()> {
    match value {
        Value::Date(date) => check_calendar(*date),
        Value::Time(time) => check_clock(*time),
        Value::DateTime(moment) => check_moment(*moment),
        Value::Timestamp(moment) => check_moment(moment.naive_utc()),
        Value::Json(json) => check_levels(json, MOST_LEVELS),
        Value::List(_, items) => items.iter().try_for_each(check),
        _ => Ok(()),
    }
}

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
    Err(Error::out_of_range(format!(
        "a value of {length} bytes is too large to send, the limit is {} MiB; store it in parts, or in a file",
        LARGEST_VALUE >> 20
    )))
}

/// Checks that an item of a list has the list's kind.
pub(super) fn check_item(kind: Kind, item: &Value) -> Result<()> {
    if item.kind() == kind {
        return Ok(());
    }
    Err(Error::internal(format!("a list of {kind:?} has an item that is none")))
}

/// Checks that a time is on the clock: chrono writes second 60 as a nanosecond above 999,999,999, which would be stored as
/// another time.
fn check_clock(time: NaiveTime) -> Result<()> {
    if time.nanosecond() < 1_000_000_000 {
        return Ok(());
    }
    Err(Error::out_of_range("a time is in a leap second, which databases do not have; store the second before it"))
}

/// Checks that MySQL has the day, and that texts of dates are in the order of the dates.
fn check_calendar(date: NaiveDate) -> Result<()> {
    match (date.year(), date.month(), date.day()) {
        (0, 2, 29) => {
            Err(Error::out_of_range("a date is 29 February of the year 0, which MySQL and MariaDB do not have"))
        }
        (0..=9_999, ..) => Ok(()),
        _ => {
            Err(Error::out_of_range("the year of a date is outside 0 to 9999, which is all that every database stores"))
        }
    }
}

/// Tells whether a day that is there can be sent.
pub(super) fn has_day(date: NaiveDate) -> bool {
    (1..=9_999).contains(&date.year()) || check_calendar(date).is_ok()
}

fn check_moment(moment: NaiveDateTime) -> Result<()> {
    check_calendar(moment.date())?;
    check_clock(moment.time())
}

/// Checks that at most `left` arrays and objects stand inside each other.
fn check_levels(json: &serde_json::Value, left: usize) -> Result<()> {
    if !json.is_array() && !json.is_object() {
        return Ok(());
    }
    let Some(left) = left.checked_sub(1) else {
        let reason = format!("JSON with more than {MOST_LEVELS} arrays and objects inside each other");
        return Err(Error::out_of_range(reason));
    };
    let mut parts =
        json.as_array().into_iter().flatten().chain(json.as_object().into_iter().flat_map(|map| map.values()));
    parts.try_for_each(|part| check_levels(part, left))
}
