//! The values tried, and what becomes of each: the same on every database unless it says where not.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Fate, Trial};
use crate::support::Dice;

const NO_NUL: &[&str] = &["PostgreSQL"];
const NO_NAN: &[&str] = &["SQLite", "MariaDB"];
const NO_INFINITY: &[&str] = &["MariaDB"];

/// 64 bits by chance, often near their ends.
fn bits(dice: &mut Dice) -> u64 {
    let all = (0..4).fold(0, |bits: u64, _| bits << 16 | dice.below(1 << 16) as u64);
    dice.pick(&[all, all, all >> 32, all >> 56, !(all >> 56), 1 << 63 | all >> 56])
}

fn kept<T: Clone, const N: usize>(values: [T; N]) -> Vec<Trial<T>> {
    values.map(Trial::kept).into()
}

fn out_of_range<T: Clone, const N: usize>(values: [T; N]) -> Vec<Trial<T>> {
    values.map(Trial::out_of_range).into()
}

fn invalid<T: Clone, const N: usize>(values: [T; N]) -> Vec<Trial<T>> {
    values.map(Trial::invalid).into()
}

pub(super) mod bools {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<bool>> {
        kept([false, true])
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<bool> {
        Trial::kept(dice.below(2) == 0)
    }
}

macro_rules! integers {
    ($($name:ident: $type:ty;)*) => {$(
        pub(super) mod $name {
            use super::*;

            pub(crate) fn extremes() -> Vec<Trial<$type>> {
                kept([<$type>::MIN, 0, 1, <$type>::MAX, <$type>::MIN + 1, <$type>::MAX - 1])
            }

            pub(crate) fn by_chance(dice: &mut Dice) -> Trial<$type> {
                Trial::kept(bits(dice) as $type)
            }
        }
    )*};
}

integers! {
    i8s: i8;
    i16s: i16;
    i32s: i32;
    i64s: i64;
    u8s: u8;
    u16s: u16;
    u32s: u32;
}

pub(super) mod u64s {
    use super::*;

    const MOST: u64 = i64::MAX as u64;

    pub(crate) fn extremes() -> Vec<Trial<u64>> {
        [kept([0, 1, MOST]), out_of_range([MOST + 1, u64::MAX])].concat()
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<u64> {
        let value = bits(dice);
        if value <= MOST { Trial::kept(value) } else { Trial::out_of_range(value) }
    }
}

macro_rules! floats {
    ($($name:ident: $type:ty;)*) => {$(
        pub(super) mod $name {
            use super::*;

            pub(crate) fn extremes() -> Vec<Trial<$type>> {
                let tiny = <$type>::from_bits(1);
                let mut trials = kept([0.0, <$type>::MIN, <$type>::MAX, <$type>::MIN_POSITIVE, tiny, -tiny, 0.1, -1.0 / 3.0]);
                trials.push(Trial::becomes(-0.0, 0.0));
                trials.push(Trial::kept(<$type>::NAN).out_of_range_on(NO_NAN));
                trials.extend([<$type>::INFINITY, <$type>::NEG_INFINITY].map(|all| Trial::kept(all).out_of_range_on(NO_INFINITY)));
                trials
            }

            pub(crate) fn by_chance(dice: &mut Dice) -> Trial<$type> {
                let value = <$type>::from_bits(bits(dice) as _);
                Trial::kept(if value.is_finite() { value } else { value.to_bits() as $type })
            }
        }
    )*};
}

floats! {
    f32s: f32;
    f64s: f64;
}

pub(super) mod money {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Decimal>> {
        [
            kept([dec!(0), dec!(9999999.999), dec!(-9999999.999), dec!(0.001), dec!(1.5), dec!(-0.0), dec!(2.50000)]),
            invalid([dec!(0.0001), dec!(1.2345), dec!(10000000), dec!(-10000000), Decimal::MAX, Decimal::MIN]),
            invalid([Decimal::new(1, 28)]),
        ]
        .concat()
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Decimal> {
        let units = (bits(dice) % 10_000_000_000) as i64;
        Trial::kept(Decimal::new(dice.pick(&[units, -units]), 3))
    }
}

pub(super) mod long_decimals {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Decimal>> {
        [
            kept([dec!(9999999999999999999999999999), dec!(-9999999999999999999999999999), dec!(0), dec!(1.00)]),
            invalid([dec!(0.1), Decimal::MAX, dec!(10000000000000000000000000000)]),
        ]
        .concat()
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Decimal> {
        Trial::kept(Decimal::from(bits(dice)) * Decimal::from(bits(dice) % 100_000_000))
    }
}

pub(super) mod fine_decimals {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Decimal>> {
        [
            kept([dec!(0.0000000001), dec!(-123456789012345678.0123456789), dec!(1234567890123456789012345678)]),
            kept([dec!(999999999999999999.9999999999), dec!(0), dec!(-1)]),
            invalid([dec!(0.00000000001), Decimal::MAX]),
        ]
        .concat()
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Decimal> {
        let scale = dice.below(11) as u32;
        Trial::kept(Decimal::new(bits(dice) as i64, scale))
    }
}

/// A text of letters that break programs.
fn text(dice: &mut Dice, longest: usize) -> String {
    let letters = [
        'a',
        'Z',
        ' ',
        '\'',
        '"',
        '\\',
        '%',
        '_',
        '\n',
        '\r',
        '\u{1}',
        'ß',
        'İ',
        '\u{301}',
        '💤',
        '\u{10FFFF}',
        '\u{FFFF}',
    ];
    (0..=dice.below(longest)).map(|_| dice.pick(&letters)).collect()
}

pub(super) mod short_texts {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<String>> {
        let of = |text: &str| text.to_owned();
        let mut trials = kept(["", " ", "abcde", "ééééé", "💤💤💤💤💤", "a  ", "     ", "\\", "'\"`"].map(of));
        trials.extend(invalid(["abcdef", "éééééé", "💤💤💤💤💤💤", "abcde ", "      "].map(of)));
        trials.extend(["\0", "a\0b", "abcd\0"].map(|text| Trial::kept(of(text)).out_of_range_on(NO_NUL)));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<String> {
        let text = text(dice, 8);
        if text.chars().count() <= 5 { Trial::kept(text) } else { Trial::invalid(text) }
    }
}

pub(super) mod texts {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<String>> {
        let mut trials = kept([String::new(), "x ".to_owned(), "ä💤".repeat(100_000), "a".repeat(23), "a".repeat(25)]);
        trials.push(Trial::kept(format!("{}\0", "a".repeat(70_000))).out_of_range_on(NO_NUL));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<String> {
        Trial::kept(text(dice, 400))
    }
}

pub(super) mod newtypes {
    use super::*;

    fn of(trial: Trial<String>) -> Trial<Isbn> {
        let fate = |fate| match fate {
            Fate::Kept(text) => Fate::Kept(Isbn(text)),
            Fate::OutOfRange => Fate::OutOfRange,
            Fate::Invalid => Fate::Invalid,
        };
        let but = trial.but.into_iter().map(|(database, other)| (database, fate(other))).collect();
        Trial { value: Isbn(trial.value), fate: fate(trial.fate), but }
    }

    pub(crate) fn extremes() -> Vec<Trial<Isbn>> {
        short_texts::extremes().into_iter().map(of).collect()
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Isbn> {
        of(short_texts::by_chance(dice))
    }
}

pub(super) mod bytes {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Vec<u8>>> {
        kept([vec![], vec![0], vec![0; 300], (0..=255).collect(), vec![255; 500_000], b"\\x00'".to_vec()])
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Vec<u8>> {
        Trial::kept((0..dice.below(70)).map(|_| bits(dice) as u8).collect())
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A date by chance, in the years -20 to 10,019 more often near the ends.
fn some_day(dice: &mut Dice) -> (NaiveDate, bool) {
    let whole = dice.below(10_000) as i32;
    let year = dice.pick(&[whole, whole, whole % 20, 9_999 - whole % 20, whole % 20 - 20, 10_000 + whole % 20]);
    let day = NaiveDate::from_yo_opt(year, dice.below(365) as u32 + 1).expect("a date");
    (day, (0..=9_999).contains(&year) && day.to_string() != "0000-02-29")
}

fn some_time(dice: &mut Dice) -> NaiveTime {
    let seconds = dice.below(86_400) as u32;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, dice.below(1_000_000) as u32 * 1_000).expect("a time")
}

pub(super) mod dates {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<NaiveDate>> {
        let kept = ["0000-01-01", "0000-12-31", "0004-02-29", "1582-10-10", "1899-12-31", "1970-01-01", "9999-12-31"];
        let refused = ["-0001-12-31", "+10000-01-01", "+12024-03-15", "0000-02-29", "-4712-01-01"];
        let mut trials = super::kept(kept.map(day));
        trials.extend(out_of_range(refused.map(day)));
        trials.extend(out_of_range([NaiveDate::MIN, NaiveDate::MAX]));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<NaiveDate> {
        let (day, kept) = some_day(dice);
        if kept { Trial::kept(day) } else { Trial::out_of_range(day) }
    }
}

fn clock(hour: u32, minute: u32, second: u32, nano: u32) -> NaiveTime {
    NaiveTime::from_hms_nano_opt(hour, minute, second, nano).expect("a time")
}

pub(super) mod times {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<NaiveTime>> {
        let mut trials =
            kept([NaiveTime::MIN, clock(23, 59, 59, 999_999_000), clock(12, 0, 0, 1_000), clock(1, 2, 3, 0)]);
        trials.push(Trial::becomes(clock(23, 59, 59, 999_999_999), clock(23, 59, 59, 999_999_000)));
        trials.push(Trial::becomes(clock(0, 0, 0, 999), NaiveTime::MIN));
        trials.extend(out_of_range([1_000_000_000, 1_500_000_000, 1_999_999_999].map(|nano| clock(23, 59, 59, nano))));
        trials.push(Trial::out_of_range(clock(12, 30, 59, 1_000_000_000)));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<NaiveTime> {
        Trial::kept(some_time(dice))
    }
}

pub(super) mod naive_moments {
    use super::*;

    fn fine(day: &str, nano: u32) -> NaiveDateTime {
        super::day(day).and_time(clock(23, 59, 59, nano))
    }

    pub(crate) fn extremes() -> Vec<Trial<NaiveDateTime>> {
        let mut trials = Vec::new();
        for day in ["0000-01-01", "1000-06-01", "1676-01-01", "1969-12-31", "1999-12-31", "2262-12-31", "9999-12-31"] {
            trials.extend(kept([super::day(day).and_time(NaiveTime::MIN), fine(day, 1_000), fine(day, 999_999_000)]));
            trials.push(Trial::becomes(fine(day, 123_456_789), fine(day, 123_456_000)));
            trials.push(Trial::becomes(fine(day, 999_999_999), fine(day, 999_999_000)));
            trials.push(Trial::out_of_range(fine(day, 1_500_000_000)));
        }
        for day in ["-0001-12-31", "+10000-01-01", "0000-02-29"] {
            trials.push(Trial::out_of_range(fine(day, 999_999_000)));
        }
        trials.extend(out_of_range([NaiveDateTime::MIN, NaiveDateTime::MAX]));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<NaiveDateTime> {
        let (day, kept) = some_day(dice);
        let moment = day.and_time(some_time(dice));
        if kept { Trial::kept(moment) } else { Trial::out_of_range(moment) }
    }
}

pub(super) mod moments {
    use super::*;

    fn of(trial: Trial<NaiveDateTime>) -> Trial<DateTime<Utc>> {
        let fate = match trial.fate {
            Fate::Kept(moment) => Fate::Kept(moment.and_utc()),
            Fate::OutOfRange => Fate::OutOfRange,
            Fate::Invalid => Fate::Invalid,
        };
        Trial { value: trial.value.and_utc(), fate, but: Vec::new() }
    }

    pub(crate) fn extremes() -> Vec<Trial<DateTime<Utc>>> {
        let mut trials: Vec<_> = naive_moments::extremes().into_iter().map(of).collect();
        trials.extend(out_of_range([DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<DateTime<Utc>> {
        of(naive_moments::by_chance(dice))
    }
}

pub(super) mod spans {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<TimeDelta>> {
        let mut trials = kept([0, 1, -1, i64::MIN, i64::MAX, 86_400_000_000].map(TimeDelta::microseconds));
        trials.push(Trial::becomes(TimeDelta::nanoseconds(1_999), TimeDelta::microseconds(1)));
        trials.push(Trial::becomes(TimeDelta::nanoseconds(-999), TimeDelta::zero()));
        trials.extend(out_of_range([TimeDelta::MIN, TimeDelta::MAX]));
        trials.push(Trial::out_of_range(TimeDelta::microseconds(i64::MAX) + TimeDelta::microseconds(1)));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<TimeDelta> {
        Trial::kept(TimeDelta::microseconds(bits(dice) as i64))
    }
}

pub(super) mod uuids {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Uuid>> {
        kept([Uuid::nil(), Uuid::max(), Uuid::from_u128(1), Uuid::from_u128(u128::MAX << 64)])
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Uuid> {
        Trial::kept(Uuid::from_u64_pair(bits(dice), bits(dice)))
    }
}

pub(super) mod documents {
    use super::*;

    fn nested(levels: usize) -> serde_json::Value {
        (0..levels).fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({ "a": inner }) })
    }

    pub(crate) fn extremes() -> Vec<Trial<serde_json::Value>> {
        let mut trials =
            kept([json!(null), json!(0), json!(u64::MAX), json!(i64::MIN), json!(f64::MAX), json!(f64::MIN)]);
        trials.extend(kept([
            json!(5e-324),
            json!(0.1),
            json!(1e-7),
            json!(""),
            json!([]),
            json!({}),
            json!({"": {"": []}}),
        ]));
        trials.extend(kept([
            json!("'\"\\%_`\n\u{1}💤\u{10FFFF}"),
            json!({"ä\"": "\\u0000"}),
            nested(31),
            json!(vec!["x"; 9_000]),
        ]));
        trials.extend(out_of_range([nested(32), nested(33), nested(130)]));
        let nul = [json!("\0"), json!(["a\0b"]), json!({"a\0": 1})];
        trials.extend(nul.map(|document| Trial::kept(document).out_of_range_on(NO_NUL)));
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<serde_json::Value> {
        let float = f64::from_bits(bits(dice));
        // Whole floats come back as integers from a server.
        let float = if float.is_finite() && float.fract() != 0.0 { json!(float) } else { json!(0.5) };
        let number = bits(dice) as i64;
        Trial::kept(json!({ text(dice, 5): [float, number, text(dice, 9)], "b": { "c": nested(dice.below(10)) } }))
    }
}

/// A type with everything that serde knows to be difficult.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Typed {
    floats: Vec<Option<f64>>,
    single: f32,
    large: u64,
    kind: TypedKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum TypedKind {
    None,
    Some { value: Option<f64> },
}

pub(super) mod typed_documents {
    use super::*;

    fn typed(floats: Vec<Option<f64>>, single: f32, kind: TypedKind) -> Json<Typed> {
        Json(Typed { floats, single, large: u64::MAX, kind })
    }

    pub(crate) fn extremes() -> Vec<Trial<Json<Typed>>> {
        let mut trials = kept([
            typed(vec![], 0.1, TypedKind::None),
            typed(vec![None, Some(0.1), Some(f64::MAX), Some(-1e16)], f32::MAX, TypedKind::Some { value: None }),
            typed(vec![Some(5e-324); 3], f32::MIN_POSITIVE, TypedKind::Some { value: Some(1e300) }),
        ]);
        for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            trials.extend(out_of_range([
                typed(vec![None, Some(float)], 0.0, TypedKind::None),
                typed(vec![None], float as f32, TypedKind::None),
                typed(vec![None], 0.0, TypedKind::Some { value: Some(float) }),
            ]));
        }
        trials
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Json<Typed>> {
        let float = f64::from_bits(bits(dice));
        let single = f32::from_bits(bits(dice) as u32);
        let value = typed(vec![Some(float), None], single, TypedKind::Some { value: Some(float / 2.0) });
        if float.is_finite() && single.is_finite() { Trial::kept(value) } else { Trial::out_of_range(value) }
    }
}

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Draft,
    InReview,
    Live,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
#[choices(int)]
pub(super) enum Priority {
    Least = i32::MIN as isize,
    Low = -1,
    High = i32::MAX as isize,
}

#[derive(FieldType, Debug, Clone, PartialEq, Eq)]
pub(super) struct Isbn(pub(super) String);

pub(super) mod choices {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Status>> {
        kept([Status::Draft, Status::InReview, Status::Live])
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Status> {
        Trial::kept(dice.pick(&[Status::Draft, Status::Live]))
    }
}

pub(super) mod numbered_choices {
    use super::*;

    pub(crate) fn extremes() -> Vec<Trial<Priority>> {
        kept([Priority::Least, Priority::Low, Priority::High])
    }

    pub(crate) fn by_chance(dice: &mut Dice) -> Trial<Priority> {
        Trial::kept(dice.pick(&[Priority::Least, Priority::High]))
    }
}
