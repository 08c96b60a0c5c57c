//! Values as plain Rust sees them, the types that columns have, and pools of values that meet often.

use std::cmp::Ordering;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::prelude::*;
use dormouse::value::Value;
use serde_json::json;
use uuid::Uuid;

use super::oracle::same_row;
use crate::support::Dice;

/// A value that is not NULL. Integers of all widths are one, floats of both.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Val {
    Bool(bool),
    Int(i64),
    Float(f64),
    Dec(Decimal),
    Text(String),
    Bytes(Vec<u8>),
    Date(NaiveDate),
    Time(NaiveTime),
    Naive(NaiveDateTime),
    Moment(DateTime<Utc>),
    /// Microseconds.
    Span(i64),
    Uuid(Uuid),
    Json(serde_json::Value),
    /// What a relation holds.
    Rows(Vec<Row>),
}

/// A column's value; none is NULL.
pub(crate) type Cell = Option<Val>;
/// A row, in the order of its model's fields.
pub(crate) type Row = Vec<Cell>;

impl Val {
    /// Which of two values of one type comes first.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) | (Self::Span(a), Self::Span(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).expect("no NaN"),
            (Self::Int(a), Self::Float(b)) => (*a as f64).partial_cmp(b).expect("no NaN"),
            (Self::Float(a), Self::Int(b)) => a.partial_cmp(&(*b as f64)).expect("no NaN"),
            (Self::Dec(a), Self::Dec(b)) => a.cmp(b),
            (Self::Int(a), Self::Dec(b)) => Decimal::from(*a).cmp(b),
            (Self::Dec(a), Self::Int(b)) => a.cmp(&Decimal::from(*b)),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Naive(a), Self::Naive(b)) => a.cmp(b),
            (Self::Moment(a), Self::Moment(b)) => a.cmp(b),
            (Self::Uuid(a), Self::Uuid(b)) => a.cmp(b),
            (Self::Json(a), Self::Json(b)) => json_text(a).cmp(&json_text(b)),
            (Self::Rows(a), Self::Rows(b)) => {
                let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_row(a, b));
                if same { Ordering::Equal } else { a.len().cmp(&b.len()).then(Ordering::Less) }
            }
            (a, b) => panic!("{a:?} and {b:?} do not compare"),
        }
    }

    /// Whether two values of one type are equal.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Equal
    }
}

/// A document with one text for all that are equal: keys in order, numbers in one form.
fn json_text(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Number(number) => format!("{:?}", number.as_f64()),
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(json_text).collect::<Vec<_>>().join(",")),
        serde_json::Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(key, value)| format!("{key:?}:{}", json_text(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        other => other.to_string(),
    }
}

/// What a model's own `encode` says, as a cell.
pub(crate) fn cell_of(value: Value) -> Cell {
    Some(match value {
        Value::Null(_) => return None,
        Value::Bool(value) => Val::Bool(value),
        Value::I16(value) => Val::Int(value.into()),
        Value::I32(value) => Val::Int(value.into()),
        Value::I64(value) => Val::Int(value),
        Value::F32(value) => Val::Float(value.into()),
        Value::F64(value) => Val::Float(value),
        Value::Decimal(value) => Val::Dec(value),
        Value::Text(value) => Val::Text(value.into()),
        Value::Bytes(value) => Val::Bytes(value),
        Value::Date(value) => Val::Date(value),
        Value::Time(value) => Val::Time(value),
        Value::DateTime(value) => Val::Naive(value),
        Value::Timestamp(value) => Val::Moment(value),
        Value::Duration(value) => Val::Span(value),
        Value::Uuid(value) => Val::Uuid(value),
        Value::Json(value) => Val::Json(*value),
        other => panic!("{other:?} is not the value of a column"),
    })
}

/// A choice stored as text.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Calm,
    Busy,
    AtRest,
}

/// A choice stored as an integer.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
#[choices(int)]
pub(crate) enum Rank {
    Low = 1,
    Mid = 5,
    High = 10,
}

/// A bare type of a column.
pub(crate) trait Plain: dormouse::value::FieldType<Bare = Self> + Clone {
    const TY: Ty;

    /// The value as Rust has it. The cell fits, for the generator makes it by `TY`.
    fn of(val: &Val) -> Self;
}

macro_rules! types {
    ($($name:ident: $rust:ty, |$val:pat_param| $of:expr;)*) => {
        /// The types.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Ty { $($name),* }

        $(impl Plain for $rust {
            const TY: Ty = Ty::$name;

            fn of(val: &Val) -> Self {
                match val {
                    $val => $of,
                    other => panic!("{other:?} is no {}", stringify!($rust)),
                }
            }
        })*
    };
}

types! {
    Bool: bool, |Val::Bool(v)| *v;
    I8: i8, |Val::Int(v)| (*v).try_into().expect("an i8");
    I16: i16, |Val::Int(v)| (*v).try_into().expect("an i16");
    I32: i32, |Val::Int(v)| (*v).try_into().expect("an i32");
    I64: i64, |Val::Int(v)| *v;
    U8: u8, |Val::Int(v)| (*v).try_into().expect("a u8");
    U16: u16, |Val::Int(v)| (*v).try_into().expect("a u16");
    U32: u32, |Val::Int(v)| (*v).try_into().expect("a u32");
    U64: u64, |Val::Int(v)| (*v).try_into().expect("a u64");
    F32: f32, |Val::Float(v)| *v as Self;
    F64: f64, |Val::Float(v)| *v;
    Dec: Decimal, |Val::Dec(v)| *v;
    Text: String, |Val::Text(v)| v.clone();
    Bytes: Vec<u8>, |Val::Bytes(v)| v.clone();
    Date: NaiveDate, |Val::Date(v)| *v;
    Time: NaiveTime, |Val::Time(v)| *v;
    Naive: NaiveDateTime, |Val::Naive(v)| *v;
    Moment: DateTime<Utc>, |Val::Moment(v)| *v;
    Span: TimeDelta, |Val::Span(v)| Self::microseconds(*v);
    Uuid: Uuid, |Val::Uuid(v)| *v;
    Json: serde_json::Value, |Val::Json(v)| v.clone();
    Mood: Mood, |Val::Text(v)| match v.as_str() {
        "calm" => Self::Calm,
        "busy" => Self::Busy,
        _ => Self::AtRest,
    };
    Rank: Rank, |Val::Int(v)| match v {
        1 => Self::Low,
        5 => Self::Mid,
        _ => Self::High,
    };
}

impl Ty {
    /// The least and greatest value of an integer type.
    pub(crate) fn range(self) -> Option<(i64, i64)> {
        Some(match self {
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN, i64::MAX),
            Self::U8 => (0, u8::MAX.into()),
            Self::U16 => (0, u16::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::U64 => (0, i64::MAX),
            _ => return None,
        })
    }

    /// Whether values of the type have an order.
    pub(crate) fn ordered(self) -> bool {
        self != Self::Json
    }

    /// Whether values of the type add up, and have a mean.
    pub(crate) fn number(self) -> bool {
        self.range().is_some() || matches!(self, Self::F32 | Self::F64 | Self::Dec)
    }

    /// A value that hardly a row has, where the type has so many.
    pub(crate) fn rare(self, dice: &mut Dice) -> Val {
        let number = dice.below(1 << 16) as i64;
        match (self.range(), self) {
            (Some((least, most)), _) => Val::Int((1_000 + number * 97).clamp(least, most)),
            (_, Self::Text) => Val::Text(format!("rare {number}")),
            (_, Self::Uuid) => Val::Uuid(Uuid::from_u128(0x77 << 64 | number as u128)),
            (_, Self::F64) => Val::Float(number as f64 + 0.125),
            (_, Self::Dec) => Val::Dec(Decimal::new(70_000 + number, 2)),
            (_, Self::Bytes) => Val::Bytes(number.to_string().into_bytes()),
            (_, Self::Span) => Val::Span(7_777 + number),
            (_, Self::Date) => {
                Val::Date(NaiveDate::from_epoch_days(10_000 + dice.below(9_000) as i32).expect("a date"))
            }
            (_, Self::Moment) => Val::Moment(DateTime::from_timestamp(1_000_000_000 + number, 0).expect("a moment")),
            _ => self.value(dice, 4),
        }
    }

    /// A value of the type; with `places` digits behind the point at most.
    pub(crate) fn value(self, dice: &mut Dice, places: u32) -> Val {
        if let Some((least, most)) = self.range() {
            let number = match dice.below(12) {
                0 => least,
                1 => most,
                2 => most / 2,
                _ => dice.pick(&[0, 1, 2, 3, 5, 7, 10, 100, -1, -3, -7]),
            };
            return Val::Int(number.clamp(least, most));
        }
        match self {
            Self::Bool => Val::Bool(dice.below(2) == 0),
            Self::F32 => {
                Val::Float(f64::from(dice.pick(&[0.0_f32, 0.1, 0.5, -1.5, 2.0, 3.25, 10.0, 16_777_216.0, 1.0])))
            }
            Self::F64 => Val::Float(dice.pick(&[0.0, 0.1, 0.5, -1.5, 2.0, 3.25, 10.0, 1e15, 0.3, 1.0, -1e-7])),
            Self::Dec => decimal(dice, places),
            Self::Text => Val::Text(dice.pick(TEXTS).to_owned()),
            Self::Bytes => Val::Bytes(dice.pick(&[&b""[..], b"a", b"a\0", b"\0", b"ab", b"\xff\xfe", b"b"]).to_vec()),
            Self::Date => Val::Date(
                dice.pick(&["1000-01-01", "1970-01-01", "1999-12-31", "2000-01-01", "2024-02-29", "9999-12-31"])
                    .parse()
                    .expect("a date"),
            ),
            Self::Time => Val::Time(time(dice)),
            Self::Naive => Val::Naive(moment(dice)),
            Self::Moment => Val::Moment(moment(dice).and_utc()),
            Self::Span => Val::Span(dice.pick(&[0, 1, -1, 1_000_000, 60_000_000, -3_600_000_000, 1 << 40])),
            Self::Uuid => {
                Val::Uuid(Uuid::from_u128(dice.pick(&[0, 1, u128::MAX, 1 << 96, 0xa << 124, 0xab_cdef << 64])))
            }
            Self::Json => Val::Json(document(dice)),
            Self::Mood => Val::Text(dice.pick(&["calm", "busy", "at_rest"]).to_owned()),
            Self::Rank => Val::Int(dice.pick(&[1, 5, 10])),
            other => unreachable!("{other:?} is an integer"),
        }
    }
}

/// Texts with signs of LIKE, accents, letters beyond 16 bits, blanks at the end, and cases that fold.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "B",
    "ab",
    "Ab",
    "aB",
    "é",
    "É",
    "e",
    "ä",
    "ÄRGER",
    "ärger",
    "Жук",
    "жук",
    "100%",
    "100 percent",
    "a_b",
    "axb",
    r"back\slash",
    "it's",
    "a ",
    " a",
    "💤",
    "\u{ff21}",
    "z",
    "Z",
    "_",
    "1",
    "10",
    "9",
    "null",
    "\t",
    "ß",
];

fn decimal(dice: &mut Dice, places: u32) -> Val {
    let mantissa =
        dice.pick(&[0, 1, 2, -1, 5, -5, 10, 25, 99, 150, -150, 333, 1_000, 1_250, -12_345, 12_345, -99_999, 100_000]);
    let mut value = Decimal::new(mantissa, dice.below(places as usize + 1) as u32);
    if dice.below(2) == 0 {
        value = value.normalize();
    }
    Val::Dec(value)
}

fn time(dice: &mut Dice) -> NaiveTime {
    dice.pick(&["00:00:00", "00:00:00.000001", "06:30:00", "12:00:00", "12:00:00.5", "23:59:59.999999"])
        .parse()
        .expect("a time")
}

fn moment(dice: &mut Dice) -> NaiveDateTime {
    let days = [
        "1970-01-01T00:00:00",
        "1999-12-31T23:59:59.999999",
        "2024-02-29T12:00:00",
        "2024-02-29T12:00:00.000001",
        "2024-02-29T12:00:00.5",
        "1000-01-01T00:00:00",
        "9999-12-31T23:59:59",
    ];
    dice.pick(&days).parse().expect("a moment")
}

fn document(dice: &mut Dice) -> serde_json::Value {
    match dice.below(12) {
        0 => json!({"a": 1}),
        1 => json!({"a": 1.0}),
        2 => json!({"a": 1, "b": [true, null]}),
        3 => json!({"b": [true, null], "a": 1}),
        4 => json!([1, 2, 3]),
        5 => json!([]),
        6 => json!({}),
        7 => json!("a"),
        8 => json!("é\"\\"),
        9 => json!(1),
        10 => json!(1.0),
        _ => json!(true),
    }
}

/// As it is written in Rust.
pub(crate) struct Literal<'a>(pub(crate) &'a Cell, pub(crate) Ty);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(val) = self.0 else { return write!(f, "None") };
        match val {
            Val::Int(value) => write!(f, "{value}{}", format!("{:?}", self.1).to_lowercase()),
            Val::Float(value) => write!(f, "{value:?}{}", format!("{:?}", self.1).to_lowercase()),
            Val::Dec(value) => write!(f, "dec!({value})"),
            Val::Bool(value) => write!(f, "{value}"),
            Val::Text(value) => write!(f, "{value:?}"),
            Val::Bytes(value) => write!(f, "b\"{}\"", value.escape_ascii()),
            Val::Span(value) => write!(f, "TimeDelta::microseconds({value})"),
            Val::Json(value) => write!(f, "json!({value})"),
            Val::Date(value) => write!(f, "date({value})"),
            Val::Time(value) => write!(f, "time({value})"),
            Val::Naive(value) => write!(f, "naive({value})"),
            Val::Moment(value) => write!(f, "moment({value})"),
            Val::Uuid(value) => write!(f, "uuid({value})"),
            Val::Rows(rows) => write!(f, "{rows:?}"),
        }
    }
}
