//! What the families of functions share: how one is registered, reads its arguments, and complains.

use std::borrow::Cow;

use rusqlite::functions::{Context, FunctionFlags, SqlFnOutput};
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, Error, Result};

/// What SQLite may do with every function of ours.
pub(super) const FLAGS: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

/// Stands between the parts of a complaint.
pub(super) const SEPARATOR: char = '\u{1f}';

/// A complaint of a function; never says a value.
pub(super) fn complain(function: &str, reason: &str) -> Error {
    Error::UserFunctionError(format!("{function}: {reason}").into())
}

/// Registers a function of a fixed number of arguments.
pub(super) fn scalar<T: SqlFnOutput>(
    connection: &Connection,
    name: &'static str,
    arguments: i32,
    function: impl Fn(&Context<'_>) -> Result<T> + Send + 'static,
) -> Result<()> {
    connection.create_scalar_function(name, arguments, FLAGS, function)
}

/// An argument as text, as SQLite itself would turn it into text.
pub(super) fn text_of<'c>(context: &'c Context<'_>, index: usize) -> Result<Option<Cow<'c, str>>> {
    Ok(match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string().into()),
        ValueRef::Real(value) => Some(format!("{value:?}").into()),
        ValueRef::Text(bytes) => Some(std::str::from_utf8(bytes)?.into()),
        ValueRef::Blob(_) => return Err(Error::InvalidFunctionParameterType(index, Type::Blob)),
    })
}
