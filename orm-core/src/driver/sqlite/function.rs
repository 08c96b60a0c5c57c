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
use crate::driver::refusal::past_range;
use crate::error::{Error, QueryMistake, RangeLimit};

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

/// The error that a function of ours reported, found again in SQLite's message: a text is all that gets through, since SQLite
/// forgets the code of an error when it is given its text.
pub(super) fn complaint(message: &str) -> Option<Error> {
    let (function, said) = message.split_once(": ")?;
    match function {
        "dormouse_readable" => foreign::unreadable(said),
        "dormouse_kept" => kept::unkept(said),
        "regexp" | "iregexp" => Some(QueryMistake::Pattern { reason: said.to_owned() }.into()),
        _ if !FAMILIES.iter().any(|family| function.starts_with(family)) => None,
        _ if said == number::BEYOND => Some(past_range(RangeLimit::Arithmetic, None).into()),
        _ => Some(Error::out_of_range(said)),
    }
}

/// How the names of functions start that compute or keep a value.
const FAMILIES: [&str; 4] = ["decimal_", "integer_", "float_", "text_"];
