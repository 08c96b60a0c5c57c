//! What the families of functions share: how one is registered, reads its arguments, and complains.

use std::borrow::Cow;
use std::cell::RefCell;

use rusqlite::functions::{Context, FunctionFlags, SqlFnOutput};
use rusqlite::types::{FromSqlError, ValueRef};
use rusqlite::{Connection, Error, Result};

/// What SQLite may do with every function of ours.
pub(super) const FLAGS: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

thread_local! {
    /// The error that the last function to fail on this thread ended with, and its text.
    static COMPLAINT: RefCell<Option<(String, crate::error::Error)>> = const { RefCell::new(None) };
}

/// Ends a function with an error of the library, which never says a value. SQLite hands on no more than its text (it forgets even
/// the code of an error that is given one), so the error itself waits here for [`complaint`]: a statement and its
/// functions run on one thread.
pub(super) fn complain(error: impl Into<crate::error::Error>) -> Error {
    let error = error.into();
    let text = error.to_string();
    COMPLAINT.set(Some((text.clone(), error)));
    Error::UserFunctionError(text.into())
}

/// The error of the function that a statement failed by, if its text is that of the statement's error.
pub(in super::super) fn complaint(message: &str) -> Option<crate::error::Error> {
    COMPLAINT.take().filter(|(text, _)| text == message).map(|(_, error)| error)
}

/// Registers a function of a fixed number of arguments.
pub(super) fn scalar<T: SqlFnOutput>(
    connection: &Connection,
    name: &'static str,
    arguments: i32,
    function: impl Fn(&Context<'_>) -> Result<T> + Send + 'static,
) -> Result<()> {
    // Some versions hand out a context to change, some to read.
    connection.create_scalar_function(name, arguments, FLAGS, move |context| function(context))
}

/// An argument as text, as SQLite itself would turn it into text.
pub(super) fn text_of<'c>(context: &'c Context<'_>, index: usize) -> Result<Option<Cow<'c, str>>> {
    Ok(match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string().into()),
        ValueRef::Real(value) => Some(format!("{value:?}").into()),
        ValueRef::Text(bytes) => Some(std::str::from_utf8(bytes)?.into()),
        ValueRef::Blob(_) => return Err(FromSqlError::InvalidType.into()),
    })
}
