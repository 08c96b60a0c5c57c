//! What a column holds of an expression: past it is an error, which the databases report in different places.

use std::fmt;

use crate::model::FieldDef;
use crate::value::Kind;

/// A column that an expression is assigned to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// What the expression is.
    pub from: Kind,
    /// Whether the database has the expression in the type of its kind, as all but columns of others.
    pub sure: bool,
    /// What the column holds.
    pub to: Holds,
    /// Whether the column is of our own making, so that its type is known to hold no more.
    pub own: bool,
    /// How many decimal places a column of others keeps, where it says so.
    pub kept: Option<u32>,
}

/// How many digits every `Decimal` may have.
const DIGITS: u32 = 28;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    /// Integers from one to another; `narrow`: fewer than its type in the database.
    Integers {
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
        /// Whether its type in the database holds others too.
        narrow: bool,
    },
    /// Floats of 32 bits.
    Singles,
    /// Floats, of 32 bits or of 64, in a column that has integers.
    WholeFloats {
        /// Whether of 32 bits.
        single: bool,
    },
    /// Decimals, of so many digits, and so many of them behind the point.
    Decimals(Option<(u32, u32)>),
    /// Texts of at most so many characters.
    Texts(u32),
    /// Times and moments of so many places of a second: what is finer is dropped.
    Moments(u16),
}

impl Holds {
    /// What a field holds, if it is less than all values of its kind.
    pub(crate) fn of(field: &FieldDef) -> Option<Self> {
        Some(match field.kind {
            kind @ (Kind::I16 | Kind::I32 | Kind::I64) => {
                let (least, most) = field.range.unwrap_or(match kind {
                    Kind::I16 => (i16::MIN.into(), i16::MAX.into()),
                    Kind::I32 => (i32::MIN.into(), i32::MAX.into()),
                    _ => (i64::MIN, i64::MAX),
                });
                Self::Integers { least, most, narrow: field.range.is_some() }
            }
            Kind::F32 => Self::Singles,
            Kind::Decimal => Self::Decimals(field.scale()),
            Kind::Text => Self::Texts(field.max_length?),
            _ => return None,
        })
    }
}

/// In words, for what does not fit.
impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integers { least, most, .. } => write!(f, "a number outside of {least}..={most}"),
            Self::Singles => f.write_str("a number past a float of 32 bits"),
            Self::WholeFloats { .. } => f.write_str("a number past the integers of its column"),
            Self::Decimals(Some((digits, places))) if *digits <= DIGITS => {
                write!(f, "a number of more than {} digits before the point", digits.saturating_sub(*places))
            }
            Self::Decimals(_) => f.write_str("a number of more than 28 digits"),
            Self::Texts(most) => write!(f, "a text of more than {most} characters"),
            Self::Moments(places) => write!(f, "a moment of more than {places} places of a second"),
        }
    }
}

impl Fit {
    /// Whether the expression is an integer already.
    pub(crate) const fn is_whole(&self) -> bool {
        self.sure && matches!(self.from, Kind::I16 | Kind::I32 | Kind::I64)
    }

    /// Whether a number that the column holds may have more digits than are read, and to how many places it is rounded first.
    pub(crate) const fn long(&self) -> Option<Option<u32>> {
        match self.to {
            Holds::Decimals(None) if !self.is_whole() => Some(self.kept),
            Holds::Decimals(Some((digits, places))) if digits > DIGITS => Some(Some(places)),
            _ => None,
        }
    }

    /// Whether the expression is a float.
    pub(crate) const fn is_float(&self) -> bool {
        matches!(self.from, Kind::F32 | Kind::F64)
    }
}

/// An integer of 64 bits held between two others by sums that end past 64 bits outside of them: the expression is
/// computed once, and the error is the database's own. (A least integer above 0 is left to a check.)
pub(super) fn within(whole: &str, least: i64, most: i64) -> String {
    let mut template = whole.to_owned();
    let above = i64::MAX - most;
    if above > 0 {
        template = format!("({template} + {above} - {above})");
    }
    if least > i64::MIN {
        // In two steps, since the least integer of all has no literal.
        let below = i64::MAX + least.min(0);
        template = format!("({template} - {below} - 1 + 1 + {below})");
    }
    template
}

/// The microseconds of the last of so many places of a second.
pub(super) fn finest(places: u16) -> u32 {
    10_u32.pow(6_u32.saturating_sub(places.into()))
}

/// An integer as SQL. The least has no literal.
pub(super) fn integer(value: i64) -> String {
    if value == i64::MIN { format!("({} - 1)", i64::MIN + 1) } else { value.to_string() }
}
