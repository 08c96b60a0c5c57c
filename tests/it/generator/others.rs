//! The table of others: columns as other programs make them on each database, and values in the forms in which they write
//! them.

use chrono::{Datelike, FixedOffset, NaiveDateTime, NaiveTime, Timelike};
use dormouse::prelude::*;
use uuid::Uuid;

use super::models::{Field, Shape};
use super::values::{Cell, Row, Val};
use crate::support::Dice;

/// What a database does its own way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Whether NULL comes before all values where an order does not say.
    pub(crate) nulls_low: bool,
    /// Makes the table of the model that is not managed.
    pub(crate) old: &'static [&'static str],
    /// The columns of that table that are not as the library would make them.
    habits: &'static [(&'static str, Habit)],
    /// A value in one of the forms that others give it, as SQL.
    form: fn(&Field, &Val, &mut Dice) -> String,
}

/// What a column has of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Texts are equal whatever their case.
    Folds,
    /// Texts are equal whatever blanks are behind them, and read without.
    Pads,
    /// Texts would be read without blanks behind, so none is taken with some.
    Trims,
    /// Texts of Latin-1.
    Latin,
    /// No parts of a second.
    WholeSeconds,
    /// Floats that are integers of 32 bits.
    Whole,
    /// No numbers below 0.
    Unsigned,
    /// Integers of 64 bits, of which the field reads fewer.
    Wide,
}

pub(crate) const SQLITE: Kind = Kind {
    nulls_low: true,
    old: &[
        "CREATE TABLE old (id INTEGER PRIMARY KEY, name VARCHAR(30), nick TEXT NOT NULL COLLATE NOCASE, tag CHAR(12), \
            n BIGINT NOT NULL, many INTEGER NOT NULL, price NUMERIC(10, 2) NOT NULL, fee, at DATETIME NOT NULL, \
            noted DATETIME, day DATE, clock TIME NOT NULL, code TEXT NOT NULL, code_or BLOB, flag BOOLEAN, \
            mood VARCHAR(9) NOT NULL, data TEXT, ratio INTEGER NOT NULL, share INTEGER NOT NULL, bulk NUMERIC NOT NULL, narrow BIGINT NOT NULL)",
    ],
    habits: &[("nick", Habit::Folds), ("narrow", Habit::Wide)],
    form: sqlite,
};

pub(crate) const POSTGRES: Kind = Kind {
    nulls_low: false,
    old: &[
        "CREATE EXTENSION citext",
        "CREATE TYPE feeling AS ENUM ('calm', 'busy', 'at_rest')",
        "CREATE DOMAIN whole AS BIGINT",
        "CREATE TABLE old (id BIGINT PRIMARY KEY, name VARCHAR(30), nick citext NOT NULL, tag CHAR(12), n whole NOT NULL, \
         many NUMERIC NOT NULL, price NUMERIC NOT NULL, fee NUMERIC(12, 4), at TIMESTAMP NOT NULL, noted TIMESTAMP(0), \
         day DATE, clock TIME NOT NULL, code UUID NOT NULL, code_or UUID, flag BOOLEAN, mood feeling NOT NULL, data JSON, \
         ratio INT NOT NULL, share INT NOT NULL, bulk BIGINT NOT NULL, narrow BIGINT NOT NULL, \
         lasts INTERVAL DEFAULT '1 day', host INET DEFAULT '::1')",
    ],
    habits: &[
        ("nick", Habit::Folds),
        ("tag", Habit::Pads),
        ("noted", Habit::WholeSeconds),
        ("ratio", Habit::Whole),
        ("share", Habit::Whole),
        ("narrow", Habit::Wide),
    ],
    form: postgres,
};

pub(crate) const MARIADB: Kind = Kind {
    nulls_low: true,
    old: &["CREATE TABLE old (id BIGINT PRIMARY KEY, name VARCHAR(30) CHARACTER SET latin1 COLLATE latin1_nopad_bin, \
            nick VARCHAR(30) COLLATE utf8mb4_general_ci NOT NULL, tag CHAR(12), n BIGINT NOT NULL, \
            many INT UNSIGNED NOT NULL, price DECIMAL(10, 2) NOT NULL, fee DECIMAL(12, 4), at DATETIME(6) NOT NULL, \
            noted DATETIME, day DATE, clock TIME(6) NOT NULL, code CHAR(36) COLLATE utf8mb4_general_ci NOT NULL, \
            code_or UUID, flag BOOLEAN, mood ENUM('calm', 'busy', 'at_rest') NOT NULL, data JSON, \
            ratio INT NOT NULL, share INT NOT NULL, bulk BIGINT UNSIGNED NOT NULL, narrow BIGINT NOT NULL, place POINT DEFAULT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"],
    habits: &[
        ("name", Habit::Latin),
        ("nick", Habit::Folds),
        ("tag", Habit::Trims),
        ("noted", Habit::WholeSeconds),
        ("ratio", Habit::Whole),
        ("share", Habit::Whole),
        ("bulk", Habit::Unsigned),
        ("narrow", Habit::Wide),
    ],
    form: mariadb,
};

impl Kind {
    /// The shapes, with what the columns of others have of their own.
    pub(crate) fn known_to(self, mut shapes: Vec<Shape>) -> Vec<Shape> {
        for shape in shapes.iter_mut().filter(|shape| !shape.managed) {
            for field in &mut shape.fields {
                field.habit = self.habits.iter().find(|(name, _)| *name == field.name).map(|(_, habit)| *habit);
            }
        }
        shapes
    }

    /// Writes rows in the forms of others, which follow from a seed and the row's key.
    pub(crate) fn insertion(self, shape: &Shape, rows: &[Row], seed: u64) -> Option<String> {
        let row = |row: &Row| {
            let key = row.first().and_then(Option::as_ref).map_or(0, super::scalar::as_integer);
            let mut dice = Dice::with_seed(seed ^ key as u64);
            let cells = shape.fields.iter().zip(row).map(|(field, cell)| self.cell(field, cell, &mut dice));
            format!("({})", cells.collect::<Vec<_>>().join(", "))
        };
        let names: Vec<&str> = shape.fields.iter().map(|field| field.name).collect();
        let rows: Vec<String> = rows.iter().map(row).collect();
        (!rows.is_empty()).then(|| format!("INSERT INTO old ({}) VALUES {}", names.join(", "), rows.join(", ")))
    }

    fn cell(self, field: &Field, cell: &Cell, dice: &mut Dice) -> String {
        cell.as_ref().map_or_else(|| "NULL".to_owned(), |val| (self.form)(field, val, dice))
    }
}

impl Habit {
    /// Whether a column takes a value as it is.
    pub(crate) fn fits(self, val: &Val) -> bool {
        match (self, val) {
            (Self::WholeSeconds, Val::Naive(at)) => at.nanosecond() == 0,
            (Self::Folds, Val::Text(text)) => is_plain(text),
            (Self::Pads | Self::Trims, Val::Text(text)) => is_latin(text) && !text.ends_with(' '),
            (Self::Latin, Val::Text(text)) => is_latin(text),
            (Self::Whole, Val::Float(value)) => value.fract() == 0.0 && is_of_32_bits(*value),
            (Self::Unsigned, Val::Dec(value)) => !value.is_sign_negative(),
            _ => true,
        }
    }

    /// Whether a column would keep another value than it is given.
    pub(crate) fn changes(self, val: &Val) -> bool {
        match (self, val) {
            (Self::WholeSeconds, Val::Naive(at)) => at.nanosecond() != 0,
            (Self::Whole, Val::Float(value)) => value.fract() != 0.0,
            (Self::Pads | Self::Trims, Val::Text(text)) => text.ends_with(' '),
            _ => false,
        }
    }

    /// What a column keeps of an expression; none where it cannot.
    pub(crate) fn kept(self, val: Val) -> Option<Val> {
        match (self, val) {
            (Self::Whole, Val::Float(value)) => {
                Some(value.round_ties_even()).filter(|value| is_of_32_bits(*value)).map(Val::Float)
            }
            (Self::Unsigned, Val::Dec(value)) if value < Decimal::ZERO => None,
            (Self::Pads | Self::Trims, Val::Text(text)) if text.ends_with(' ') => None,
            (_, val) => Some(val),
        }
    }

    /// A value that is rare, and tells most about the column.
    pub(crate) fn extreme(self) -> Option<Val> {
        match self {
            Self::Wide => Some(Val::Int(i64::MIN)),
            Self::Unsigned => Some(Val::Dec(dec!(999999999999999999))),
            _ => None,
        }
    }

    /// Whether a column is equal to a value; nothing where that is up to its collation.
    pub(crate) fn equal(self, column: &Val, val: &Val) -> Option<bool> {
        match (self, column, val) {
            (Self::Folds, Val::Text(a), Val::Text(b)) => {
                (is_plain(a) && is_plain(b)).then(|| a.eq_ignore_ascii_case(b))
            }
            (Self::Pads, Val::Text(a), Val::Text(b)) => Some(a.trim_end_matches(' ') == b.trim_end_matches(' ')),
            _ => Some(column.same(val)),
        }
    }
}

/// Whether all collations that fold case agree on the text. (In Turkish, the small letter of I is not i.)
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains(['i', 'I']) && !text.ends_with(' ')
}

fn is_of_32_bits(value: f64) -> bool {
    (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value)
}

fn is_latin(text: &str) -> bool {
    text.chars().all(|letter| u32::from(letter) < 256)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// SQLite has no types for most values, so each program has a form of its own.
fn sqlite(field: &Field, val: &Val, dice: &mut Dice) -> String {
    match val {
        Val::Dec(value) => amount(field, *value, dice),
        Val::Date(value) => quoted(&value.to_string()),
        Val::Time(value) => quoted(&fraction(*value, dice)),
        Val::Naive(value) => quoted(&naive(*value, dice)),
        Val::Moment(value) => quoted(&moment(value.naive_utc(), dice)),
        Val::Uuid(value) if dice.below(3) == 0 => format!("X'{:X}'", value.simple()),
        Val::Uuid(value) => quoted(&digits(*value, dice)),
        Val::Json(value) => quoted(&document(value, dice)),
        Val::Bool(value) => u8::from(*value).to_string(),
        other => plain(other),
    }
}

fn postgres(field: &Field, val: &Val, dice: &mut Dice) -> String {
    match val {
        Val::Dec(value) => amount(field, *value, dice),
        Val::Uuid(value) => quoted(&digits(*value, dice)),
        Val::Json(value) => quoted(&document(value, dice)),
        other => plain(other),
    }
}

fn mariadb(field: &Field, val: &Val, dice: &mut Dice) -> String {
    let text = match val {
        Val::Dec(value) => amount(field, *value, dice),
        Val::Uuid(value) if field.nullable => quoted(&value.to_string()),
        Val::Uuid(value) => quoted(&digits(*value, dice)),
        Val::Json(value) => quoted(&document(value, dice)),
        Val::Bool(value) => u8::from(*value).to_string(),
        other => plain(other),
    };
    text.replace('\\', r"\\")
}

/// A value in its one form.
fn plain(val: &Val) -> String {
    match val {
        Val::Int(value) => value.to_string(),
        Val::Float(value) => value.to_string(),
        Val::Bool(value) => value.to_string(),
        Val::Text(value) => quoted(value),
        Val::Date(value) => quoted(&value.to_string()),
        Val::Time(value) => quoted(&value.to_string()),
        Val::Naive(value) => quoted(&value.to_string()),
        Val::Moment(value) => quoted(&value.naive_utc().to_string()),
        other => panic!("the table of others has no {other:?}"),
    }
}

/// A number or a text, with the zeros that it happens to have.
fn amount(field: &Field, value: Decimal, dice: &mut Dice) -> String {
    let mut value = value.normalize();
    if field.places == 0 {
        return value.to_string();
    }
    if dice.below(2) == 0 {
        value.rescale(2);
    }
    if dice.below(2) == 0 { value.to_string() } else { quoted(&value.to_string()) }
}

/// 36 or 32 characters, in small letters or in capitals.
fn digits(value: Uuid, dice: &mut Dice) -> String {
    let text = if dice.below(2) == 0 { value.to_string() } else { value.simple().to_string() };
    if dice.below(2) == 0 { text } else { text.to_uppercase() }
}

fn document(value: &serde_json::Value, dice: &mut Dice) -> String {
    if dice.below(2) == 0 { value.to_string() } else { format!("{value:#} ") }
}

/// A time with three, six or nine places of a second, or as few as it needs.
fn fraction(value: NaiveTime, dice: &mut Dice) -> String {
    let whole_millis = value.nanosecond().is_multiple_of(1_000_000);
    let form = match dice.below(4) {
        0 if whole_millis => "%H:%M:%S%.3f",
        1 => "%H:%M:%S%.6f",
        2 => "%H:%M:%S%.9f",
        _ => "%H:%M:%S%.f",
    };
    value.format(form).to_string()
}

/// A date and a time: `2024-02-29 12:00:00.5`, also with `T`, or a date alone.
fn naive(value: NaiveDateTime, dice: &mut Dice) -> String {
    if value.time() == NaiveTime::MIN && dice.below(2) == 0 {
        return value.date().to_string();
    }
    let between = if dice.below(2) == 0 { ' ' } else { 'T' };
    format!("{}{between}{}", value.date(), fraction(value.time(), dice))
}

/// The same, in UTC or with an offset.
fn moment(value: NaiveDateTime, dice: &mut Dice) -> String {
    let hours = dice.pick(&[1, 2, -5]);
    match dice.below(6) {
        0 => format!("{}Z", with_time(value, dice)),
        1 => format!("{} UTC", with_time(value, dice)),
        2 => format!("{}+00:00", with_time(value, dice)),
        3 => format!("{} +00:00", with_time(value, dice)),
        4 if (1900..2100).contains(&value.year()) => {
            let there = FixedOffset::east_opt(hours * 3600).expect("an offset");
            format!("{}{there}", with_time(value + chrono::TimeDelta::hours(hours.into()), dice))
        }
        _ => naive(value, dice),
    }
}

fn with_time(value: NaiveDateTime, dice: &mut Dice) -> String {
    format!("{}{}{}", value.date(), dice.pick(&["T", " "]), fraction(value.time(), dice))
}
