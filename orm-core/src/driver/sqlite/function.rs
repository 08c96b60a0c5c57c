//! What SQLite lacks, registered on every connection: one family per file.
//!
//! All functions are deterministic and harmless, so that indexes, checks and views may use them; NULL in, NULL out.

mod decimal;
mod foreign;
mod json;
mod kept;
mod number;
mod regexp;
mod text;

use std::borrow::Cow;

use rusqlite::functions::{Context, FunctionFlags, SqlFnOutput};
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, Error, Result};

const FLAGS: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

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
pub(super) fn complaint(message: &str) -> Option<crate::error::Error> {
    if message == "integer overflow" {
        return Some(crate::error::Error::out_of_range(
            "a sum of integers is past 64 bits; sum fewer rows, or decimals",
        ));
    }
    let (function, reason) = message.split_once(": ")?;
    if function == "dormouse_readable" {
        return foreign::unreadable(reason);
    }
    if function == "dormouse_kept" {
        return Some(crate::error::Error::out_of_range(reason));
    }
    if ["decimal_", "integer_", "float_", "text_"].iter().any(|family| function.starts_with(family)) {
        Some(crate::error::Error::out_of_range(reason))
    } else if function == "regexp" || function == "iregexp" {
        Some(crate::error::Error::query(reason))
    } else {
        None
    }
}

/// A complaint of a function; never says a value.
fn complain(function: &str, reason: &str) -> Error {
    Error::UserFunctionError(format!("{function}: {reason}").into())
}

/// Registers a function of a fixed number of arguments.
fn scalar<T: SqlFnOutput>(
    connection: &Connection,
    name: &'static str,
    arguments: i32,
    function: impl Fn(&Context<'_>) -> Result<T> + Send + 'static,
) -> Result<()> {
    connection.create_scalar_function(name, arguments, FLAGS, function)
}

/// An argument as text, as SQLite itself would turn it into text.
fn text_of<'c>(context: &'c Context<'_>, index: usize) -> Result<Option<Cow<'c, str>>> {
    Ok(match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string().into()),
        ValueRef::Real(value) => Some(format!("{value:?}").into()),
        ValueRef::Text(bytes) => Some(std::str::from_utf8(bytes)?.into()),
        ValueRef::Blob(_) => return Err(Error::InvalidFunctionParameterType(index, Type::Blob)),
    })
}
