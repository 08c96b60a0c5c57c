//! Dates, times, moments and durations of chrono, in microseconds on every database.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Timelike, Utc};

use super::{Cell, FieldType, Here, Kind, Mismatch, Value, does_not_fit};
use crate::error::Result;

impl FieldType for NaiveDate {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Date;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Date(date) => Ok(date),
            Cell::Text(text) => {
                parse_date(text).ok_or_else(|| Mismatch::content("a date", "text that is not of the form YYYY-MM-DD"))
            }
            other => Err(Mismatch::of("a date", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        Ok(Value::Date(*self))
    }
}

impl FieldType for NaiveTime {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Time;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Time(time) => Ok(time),
            Cell::Text(text) => text.parse().map_err(|_| Mismatch::content("a time", "text that is no time")),
            other => Err(Mismatch::of("a time", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        Ok(Value::Time(to_micros(*self)))
    }
}

impl FieldType for NaiveDateTime {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::DateTime;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::DateTime(moment) => Ok(moment),
            Cell::Timestamp(moment) => Ok(moment.naive_utc()),
            Cell::Text(text) => parse_datetime(text).ok_or_else(no_datetime),
            other => Err(Mismatch::of("a date and time", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        Ok(Value::DateTime(to_micros(*self)))
    }
}

impl FieldType for DateTime<Utc> {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Timestamp;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Timestamp(moment) => Ok(moment),
            Cell::DateTime(moment) => Ok(moment.and_utc()),
            Cell::Text(text) => parse_datetime(text).map(|moment| moment.and_utc()).ok_or_else(no_datetime),
            other => Err(Mismatch::of("a timestamp", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        Ok(Value::Timestamp(to_micros(*self)))
    }
}

impl FieldType for TimeDelta {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Duration;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Int(micros) => Ok(Duration::microseconds(micros)),
            Cell::Decimal(_) => i64::decode(cell).map(Duration::microseconds),
            other => Err(Mismatch::of("a duration in microseconds", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        self.num_microseconds().map(Value::Duration).ok_or_else(|| does_not_fit(self, "64 bits of microseconds"))
    }
}

/// Drops what is below a microsecond, so that a value read back equals the value written.
fn to_micros<T: Timelike>(time: T) -> T {
    let micros = time.nanosecond() / 1_000 * 1_000;
    time.with_nanosecond(micros).unwrap_or(time)
}

fn no_datetime() -> Mismatch {
    Mismatch::content("a date and time", "text that is none")
}

/// Writes a moment as Django does on SQLite: `YYYY-MM-DD HH:MM:SS[.ffffff]`, which sorts as text.
pub fn datetime_text(moment: NaiveDateTime) -> String {
    let micros = moment.nanosecond() / 1_000;
    let whole = moment.format("%Y-%m-%d %H:%M:%S");
    if micros == 0 { whole.to_string() } else { format!("{whole}.{micros:06}") }
}

/// Reads a date from text of one form only, `YYYY-MM-DD`, so that texts are in the order of their dates.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let is = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() == 10 && text.bytes().enumerate().all(is) { text.parse().ok() } else { None }
}

/// Reads a moment from text: Django's form, ISO 8601 with `T`, and with an offset, `Z` or ` UTC` behind (turned to UTC).
pub fn parse_datetime(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok().or_else(|| parse_foreign(text))
}

fn parse_foreign(text: &str) -> Option<NaiveDateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = parse_date(date)?;
    if rest.is_empty() {
        return date.and_hms_opt(0, 0, 0);
    }
    let (time, seconds) = zone(rest.strip_prefix(['T', 't', ' '])?)?;
    let time = NaiveTime::parse_from_str(time, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M"));
    date.and_time(time.ok()?).checked_sub_signed(TimeDelta::seconds(seconds))
}

/// A time without its offset, and the offset in seconds.
fn zone(time: &str) -> Option<(&str, i64)> {
    let utc = time.strip_suffix(['Z', 'z']).or_else(|| time.strip_suffix("UTC"));
    if let Some(time) = utc {
        return Some((time.trim_end(), 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (time, offset) = time.split_at(at);
    let digits: String = offset[1..].chars().filter(|character| *character != ':').collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<u8>().ok().filter(|minutes| *minutes < 60)? };
    let hours = hours.parse::<u8>().ok().filter(|hours| *hours < 24)?;
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    Some((time.trim_end(), if offset.starts_with('-') { -seconds } else { seconds }))
}

impl Value {
    /// A time or moment without what is finer than so many places of a second; any other value as it is.
    pub(crate) fn cut_to(self, places: u16) -> Self {
        match self {
            Self::Time(time) => Self::Time(time.trunc_subsecs(places)),
            Self::DateTime(moment) => Self::DateTime(moment.trunc_subsecs(places)),
            Self::Timestamp(moment) => Self::Timestamp(moment.trunc_subsecs(places)),
            other => other,
        }
    }
}
