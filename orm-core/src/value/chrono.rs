//! Dates, times, moments and durations of chrono, in microseconds on every database.

use chrono::{
    DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Timelike, Utc,
};

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
            Cell::Text(text) => parse_time(text).ok_or_else(|| Mismatch::content("a time", "text that is no time")),
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
        self.num_microseconds().map(Value::Duration).ok_or_else(|| does_not_fit("64 bits of microseconds"))
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

/// Reads a time from text of one form only, `HH:MM[:SS[.f…]]`, without leap seconds, which no comparison takes.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let is = |(at, byte): (usize, u8)| if matches!(at, 2 | 5) { byte == b':' } else { byte.is_ascii_digit() };
    let formed = match fraction {
        Some(digits) => clock.len() == 8 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => matches!(clock.len(), 5 | 8),
    };
    let time = text.parse().ok().filter(|_| formed && clock.bytes().enumerate().all(is));
    time.filter(|time: &NaiveTime| time.nanosecond() < 1_000_000_000)
}

/// Reads a moment from text: Django's form, ISO 8601 with `T`, and with an offset, `Z` or ` UTC` behind (turned to UTC). The
/// date is in front, in ten characters, so that texts are near the order of their moments.
pub fn parse_datetime(text: &str) -> Option<NaiveDateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = parse_date(date)?;
    if rest.is_empty() {
        return date.and_hms_opt(0, 0, 0);
    }
    let (time, seconds) = zone(rest.strip_prefix(['T', 't', ' '])?)?;
    let moment = date.and_time(parse_time(time)?).checked_sub_signed(TimeDelta::seconds(seconds))?;
    (0..=9999).contains(&moment.year()).then_some(moment)
}

/// A time without its offset, and the offset in seconds.
fn zone(time: &str) -> Option<(&str, i64)> {
    let utc = time.strip_suffix(['Z', 'z']).or_else(|| time.strip_suffix("UTC"));
    if let Some(time) = utc {
        return Some((time.strip_suffix(' ').unwrap_or(time), 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (time, offset) = time.split_at(at);
    let (hours, minutes) = offset[1..].split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { two_digits(minutes.strip_prefix(':').unwrap_or(minutes), 60)? };
    let seconds = two_digits(hours, 24)? * 3600 + minutes * 60;
    Some((time.strip_suffix(' ').unwrap_or(time), if offset.starts_with('-') { -seconds } else { seconds }))
}

/// A number of two digits below an end.
fn two_digits(text: &str, end: i64) -> Option<i64> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number < end)
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
