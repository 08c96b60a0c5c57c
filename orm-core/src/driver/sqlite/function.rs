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

pub(super) use self::scalar::complaint;
use self::scalar::scalar;

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
