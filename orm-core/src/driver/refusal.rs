//! Errors that several databases have: while connecting, when a connection breaks, and of keys that are used up.

use std::io;

use sqlx::error::DatabaseError;

use super::fault::{After, Fault};
use super::url::ServerOptions;
use crate::error::{Error, ErrorKind, IntegrityKind, RangeLimit, Retry};
use crate::statement::{TOLD, no_null};

/// An error while a connection is opened: names the place and the user, never the password.
pub(super) fn connecting(
    options: &ServerOptions,
    server: &str,
    code: impl Fn(&dyn DatabaseError) -> String,
    error: sqlx::Error,
) -> Error {
    let location = options.location();
    let user = options.user.as_deref().unwrap_or("the default user");
    match error {
        sqlx::Error::Database(refusal) => {
            let (message, code) = (refusal.message(), code(refusal.as_ref()));
            let retry = if BUSY.contains(&code.as_str()) { Retry::Safe } else { Retry::No };
            Error::connection(format!("{server} at {location} refused `{user}`: {message} ({code})")).with_retry(retry)
        }
        // A certificate that does not hold is reported as data that cannot be understood.
        sqlx::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            without_tls(server, &location, &error).with_source(error)
        }
        sqlx::Error::Tls(error) => without_tls(server, &location, &*error).with_source(error),
        sqlx::Error::Io(error) => {
            let reason = format!("cannot reach {server} at {location} as `{user}`: {error}");
            Error::connection(reason).with_retry(Retry::Safe).with_source(error)
        }
        // What the client does not speak, such as the method by which the server asks for the password.
        other => {
            let reason = format!("cannot connect to {server} at {location} as `{user}`: {other}");
            Error::connection(reason).with_retry(Retry::No).with_source(other)
        }
    }
}

/// The codes by which a server refuses a connection that it may grant a little later: too many of them, or it starts or stops.
const BUSY: [&str; 10] = ["53300", "53400", "57P01", "57P02", "57P03", "1040", "1053", "1203", "1226", "4031"];

fn without_tls(server: &str, location: &str, error: &dyn std::error::Error) -> Error {
    Error::connection(format!(
        "no TLS with {server} at {location}: {error}; name the certificate to trust with `sslrootcert`, or weaken `sslmode`"
    ))
    .with_retry(Retry::No)
}

/// An error that the server did not report: the connection broke, or what it carries makes no sense.
pub(super) fn broken(options: &ServerOptions, error: sqlx::Error) -> Fault {
    let location = options.location();
    match error {
        sqlx::Error::Io(error) => {
            let reason = format!("lost the connection to {location}");
            Fault { error: Error::connection(reason).with_source(error), after: After::Lost }
        }
        // What the server reported may quote values.
        sqlx::Error::Database(_) => {
            let reason = format!("cannot read the error that {location} answered with; the connection is closed");
            Fault { error: Error::connection(reason), after: After::Unknown }
        }
        other => {
            let reason = format!(
                "cannot read what {location} answered; the connection is closed (is it a server of the kind that the URL says?)"
            );
            Fault { error: Error::connection(reason).with_source(other), after: After::Unknown }
        }
    }
}

/// The error of a message with the words that a statement has a server say of a value that is not read; what the server writes
/// behind the column's name starts with `end`.
pub(super) fn unread(message: &str, end: &str) -> Option<ErrorKind> {
    let column_behind = |words: &str| {
        let (_, rest) = message.split_once(words)?;
        Some(rest.rsplit_once(end).map_or(rest, |(column, _)| column))
    };
    if let Some(column) = column_behind(no_null!()) {
        let columns = vec![column.to_owned()];
        return Some(ErrorKind::Integrity { kind: IntegrityKind::NotNull, constraint: None, table: None, columns });
    }
    TOLD.iter().find_map(|(words, what)| {
        let column = column_behind(words)?;
        let reason = format!("column `{column}`: {what}");
        Some(ErrorKind::OutOfRange { of: RangeLimit::Type, column: Some(column.to_owned()), reason })
    })
}

/// A row of the table was to be numbered by the database, and there is no greater number.
pub(crate) fn keys_used_up(table: &str) -> ErrorKind {
    let reason = format!(
        "the automatic keys of {table} are used up, as there is a row with the greatest that its column takes; give new rows \
         keys of your own, or use a wider type for the key"
    );
    ErrorKind::past(RangeLimit::Keys, reason)
}

/// A database could not compute or store a number; `said`: in its own words, where they tell more; `column`: the
/// one that it names.
pub(super) fn past_range(of: RangeLimit, said: Option<&str>, column: Option<String>) -> ErrorKind {
    let said = said.map(|said| format!(" ({said})")).unwrap_or_default();
    let reason = format!(
        "a number is past what its column, or the 64 bits that expressions are computed in, can hold; use a wider type, or \
         change the expression{said}"
    );
    ErrorKind::OutOfRange { of, column, reason }
}

/// A database cannot compare a document, which `is` as follows.
pub(super) fn unfit_document(is: &str) -> ErrorKind {
    ErrorKind::past(RangeLimit::Document, format!("a document of a JSON field {is}"))
}

/// What a driver calls the table: it knows no models.
pub(super) const A_TABLE: &str = "a table";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::grammar::MYSQL;

    #[test]
    fn what_the_client_does_not_speak_is_told() -> crate::error::Result<()> {
        let options = ServerOptions::parse("mysql://anna:geheim@db.example/shop", &MYSQL)?;
        let plugin = sqlx::Error::Protocol("unknown authentication plugin: client_ed25519".into());
        let error = connecting(&options, "the server", |_| String::new(), plugin).to_string();
        assert!(error.contains("`anna`") && error.ends_with("client_ed25519"), "{error}");
        assert!(!error.contains("geheim"));
        Ok(())
    }

    #[test]
    fn the_column_is_found_in_the_message_of_a_server() {
        let reason = |message: &str, end: &str| match unread(message, end) {
            Some(ErrorKind::OutOfRange { reason, .. }) => reason,
            other => format!("{other:?}"),
        };
        let whole = "column `n`: expected an integer, found a number that is not whole";
        let message = "invalid input syntax for type bigint: \"2.5 is no whole number in n\"";
        assert_eq!(reason(message, "\""), whole);
        let message =
            "BIGINT value is out of range in 'octet_length(concat(`d`.`t`.`n`,' is no whole number in n')) + 9'";
        assert_eq!(reason(message, "')) + "), whole);
        assert!(reason("BIGINT value is out of range in '1 + 2'", "')) + ").starts_with("None"));
        assert!(reason("\"1 is between two floats in a`b\"c\"", "\"").starts_with("column `a`b\"c`: expected a float"));
    }
}
