//! What SQLite lacks, registered on every connection: one family per file.
//!
//! All functions are deterministic and harmless, so that indexes, checks and views may use them; NULL in, NULL out.

mod decimal;
mod foreign;
mod json;
mod kept;
mod number;
mod regexp;
mod scalar;
mod text;

use rusqlite::{Connection, Result};

use self::scalar::scalar;
use crate::error::Error;

/// Registers all functions and collations.
pub(super) fn register(connection: &Connection) -> Result<()> {
    decimal::register(connection)?;
    foreign::register(connection)?;
    json::register(connection)?;
    kept::register(connection)?;
    number::register(connection)?;
    regexp::register(connection)?;
    scalar(connection, "dormouse_float", 1, |context| {
        Ok(context.get::<Option<i64>>(0)?.map(|bits| f64::from_bits(bits.cast_unsigned())))
    })?;
    text::register(connection)
}

/// The error that a function of ours reported, found again in SQLite's message.
pub(super) fn complaint(message: &str) -> Option<Error> {
    if message == "integer overflow" {
        return Some(Error::out_of_range("a sum of integers is past 64 bits; sum fewer rows, or decimals"));
    }
    let (function, reason) = message.split_once(": ")?;
    if function == "dormouse_readable" {
        return foreign::unreadable(reason);
    }
    if function == "dormouse_kept" {
        return Some(Error::out_of_range(reason));
    }
    if ["decimal_", "integer_", "float_", "text_"].iter().any(|family| function.starts_with(family)) {
        Some(Error::out_of_range(reason))
    } else if function == "regexp" || function == "iregexp" {
        Some(Error::query(reason))
    } else {
        None
    }
}
