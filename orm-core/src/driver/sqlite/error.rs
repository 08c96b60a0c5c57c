//! SQLite's errors in the library's words.

use std::time::Duration;

use rusqlite::ffi;

use super::{function, texts};
use crate::error::{ConnectionFault, Error, ErrorKind, IntegrityKind, QueryMistake, Retry, Waiting};

/// Translates an error of a statement; `waited` is the connection's busy timeout.
pub(super) fn translate(error: rusqlite::Error, waited: Duration) -> Error {
    let translated = match &error {
        rusqlite::Error::SqliteFailure(code, message) => {
            failure(code.extended_code, message.as_deref().unwrap_or_default(), waited)
        }
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => {
            database(error.extended_code, &format!("{msg} (at byte {offset} of the statement)"))
        }
        rusqlite::Error::MultipleStatement => QueryMistake::SeveralStatements.into(),
        other => ErrorKind::Database { code: None, message: other.to_string() }.into(),
    };
    translated.with_source(error)
}

fn failure(code: i32, message: &str, waited: Duration) -> Error {
    if let Some(complaint) = function::complaint(message) {
        return complaint;
    }
    match code {
        ffi::SQLITE_ERROR if message == texts::SUM_PAST_64_BITS => {
            Error::out_of_range("a sum of integers is past 64 bits; sum fewer rows, or decimals")
        }
        ffi::SQLITE_BUSY_SNAPSHOT => ErrorKind::Serialization { code: code.to_string() }.into(),
        ffi::SQLITE_CONSTRAINT_DATATYPE => Error::out_of_range(message),
        ffi::SQLITE_CONSTRAINT_TRIGGER if message != texts::RESTRICT => database(code, message),
        _ => match code & 0xff {
            ffi::SQLITE_BUSY => ErrorKind::Timeout { what: Waiting::File, after: Some(waited) }.into(),
            ffi::SQLITE_CONSTRAINT => integrity(code, message),
            ffi::SQLITE_TOOBIG => Error::out_of_range("a text, blob or statement is longer than SQLite's limit"),
            ffi::SQLITE_NOTADB => {
                Error::connection(ConnectionFault::File, "the file is not a SQLite database, or it is encrypted")
            }
            ffi::SQLITE_CANTOPEN => Error::connection(ConnectionFault::File, message),
            ffi::SQLITE_INTERRUPT => Error::connection(ConnectionFault::Closed, "the statement was cancelled"),
            _ => database(code, message),
        },
    }
}

/// Tells whether a statement failed because there was no room: on the disk, or for another number.
pub(super) fn is_full(error: &Error) -> bool {
    let source = error.downcast_ref::<rusqlite::Error>();
    source.and_then(rusqlite::Error::sqlite_error_code) == Some(rusqlite::ErrorCode::DiskFull)
}

fn database(code: i32, message: &str) -> Error {
    ErrorKind::Database { code: Some(code.to_string()), message: message.to_owned() }.into()
}

/// SQLite tells the table and columns of UNIQUE and NOT NULL, the name of a CHECK, and nothing of a FOREIGN KEY.
fn integrity(code: i32, message: &str) -> Error {
    let kind = match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            IntegrityKind::Unique
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY | ffi::SQLITE_CONSTRAINT_TRIGGER => IntegrityKind::ForeignKey,
        ffi::SQLITE_CONSTRAINT_NOTNULL => IntegrityKind::NotNull,
        ffi::SQLITE_CONSTRAINT_CHECK => IntegrityKind::Check,
        _ => IntegrityKind::Other,
    };
    let about = message.split_once(texts::NAMES).map_or("", |(_, about)| about);
    let index = about.strip_prefix(texts::INDEX.0).and_then(|rest| rest.strip_suffix(texts::INDEX.1));
    let (constraint, (table, columns)) = match (kind, index) {
        (_, Some(index)) => (Some(index.to_owned()), (None, Vec::new())),
        (IntegrityKind::Unique | IntegrityKind::NotNull, None) => (None, columns(about)),
        (_, None) => (Some(about.to_owned()).filter(|name| !name.is_empty()), (None, Vec::new())),
    };
    ErrorKind::Integrity { kind, constraint, table, columns }.into()
}

/// The table and the columns of `book.name, book.author_id`: what stands before the first dot is taken for the table. Where
/// that is not so, who knows the table tells them apart.
fn columns(list: &str) -> (Option<String>, Vec<String>) {
    let Some((table, names)) = list.split_once('.') else { return (None, Vec::new()) };
    (Some(table.to_owned()), names.split(&format!(", {table}.")).map(str::to_owned).collect())
}

/// The driver was closed while something waited, or before.
pub(super) fn closed() -> Error {
    Error::connection(ConnectionFault::Closed, "the database was closed").with_retry(Retry::No)
}
