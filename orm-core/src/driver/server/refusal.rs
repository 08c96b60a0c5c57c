//! Errors while a server is connected to, and when a connection breaks.

use std::io;

use sqlx::error::{BoxDynError, DatabaseError};

use super::fault::{After, Fault};
use super::options::ServerOptions;
use crate::error::{ConnectionFault, Error, Retry};

/// An error while a connection is opened: names the place and the user, never the password.
pub(in crate::driver) fn connecting(
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
            Error::connection(refused(&code), format!("{server} at {location} refused `{user}`: {message} ({code})"))
                .with_retry(retry)
        }
        // A certificate that does not hold is reported as data that cannot be understood.
        sqlx::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            without_tls(server, &location, &error).with_source(error)
        }
        sqlx::Error::Tls(error) => without_tls(server, &location, &*error).with_source(error),
        sqlx::Error::Io(error) => {
            let reason = format!("cannot reach {server} at {location} as `{user}`: {error}");
            Error::connection(unreached(&error), reason).with_retry(Retry::Safe).with_source(error)
        }
        // What the client does not speak, such as the method by which the server asks for the password.
        other => {
            let reason = format!("cannot connect to {server} at {location} as `{user}`: {other}");
            Error::connection(unspoken(&other), reason).with_retry(Retry::No).with_source(other)
        }
    }
}

/// Why a server refuses a connection, by its code: SQLSTATE, or the number of MySQL and MariaDB.
fn refused(code: &str) -> ConnectionFault {
    match code {
        // The second of a user who may not connect to that database.
        "3D000" | "42501" | "1044" | "1049" => ConnectionFault::NoDatabase,
        "53300" | "53400" | "1040" | "1203" | "1226" => ConnectionFault::TooMany,
        "57P01" | "57P02" | "57P03" | "1053" => ConnectionFault::NotReady,
        // Of MySQL: the password, its method, the address, and an account that is locked or whose password is too old.
        "1045" | "1130" | "1251" | "1698" | "1820" | "1862" | "3118" | "4151" => ConnectionFault::Authentication,
        _ if code.starts_with("28") && code.len() == 5 => ConnectionFault::Authentication,
        _ => ConnectionFault::Other,
    }
}

/// Why a server was not reached.
fn unreached(error: &io::Error) -> ConnectionFault {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            ConnectionFault::Lost
        }
        _ => ConnectionFault::Unreachable,
    }
}

/// Why a server that answers is not understood.
fn unspoken(error: &sqlx::Error) -> ConnectionFault {
    if matches!(error, sqlx::Error::Protocol(_)) { ConnectionFault::Protocol } else { ConnectionFault::Other }
}

/// The codes by which a server refuses a connection that it may grant a little later: too many of them, or it starts or stops.
const BUSY: [&str; 10] = ["53300", "53400", "57P01", "57P02", "57P03", "1040", "1053", "1203", "1226", "4031"];

fn without_tls(server: &str, location: &str, error: &dyn std::error::Error) -> Error {
    Error::connection(ConnectionFault::Tls, format!(
        "no TLS with {server} at {location}: {error}; name the certificate to trust with `sslrootcert`, or weaken `sslmode`"
    ))
    .with_retry(Retry::No)
}

/// An error that the server did not report: the connection broke, or what it carries makes no sense.
pub(in crate::driver) fn broken(options: &ServerOptions, error: sqlx::Error) -> Fault {
    let location = options.location();
    match error {
        sqlx::Error::Io(error) => {
            let reason = format!("lost the connection to {location}");
            Fault { error: Error::connection(ConnectionFault::Lost, reason).with_source(error), after: After::Lost }
        }
        // What the server reported may quote values.
        sqlx::Error::Database(_) => {
            let reason = format!("cannot read the error that {location} answered with; the connection is closed");
            Fault { error: Error::connection(ConnectionFault::Protocol, reason), after: After::Unknown }
        }
        other => {
            let reason = format!(
                "cannot read what {location} answered; the connection is closed (is it a server of the kind that the URL says?)"
            );
            Fault {
                error: Error::connection(ConnectionFault::Protocol, reason).with_source(other),
                after: After::Unknown,
            }
        }
    }
}

/// An error of ours comes back from the client's encoder as it is. Any other may quote the value, so its text is
/// dropped.
pub(in crate::driver) fn unsent(error: BoxDynError) -> Error {
    error
        .downcast()
        .map_or_else(|_| Error::out_of_range("a value cannot be sent in the form of its column"), |error| *error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::grammar::MYSQL;

    #[test]
    fn a_refusal_is_told_by_its_code() {
        for (code, fault) in [
            ("28P01", ConnectionFault::Authentication),
            ("28000", ConnectionFault::Authentication),
            ("1698", ConnectionFault::Authentication),
            ("42501", ConnectionFault::NoDatabase),
            ("1044", ConnectionFault::NoDatabase),
            ("53300", ConnectionFault::TooMany),
            ("1040", ConnectionFault::TooMany),
            ("57P03", ConnectionFault::NotReady),
            ("2800", ConnectionFault::Other),
            ("", ConnectionFault::Other),
        ] {
            assert_eq!(refused(code), fault, "{code}");
        }
        assert_eq!(unreached(&io::ErrorKind::UnexpectedEof.into()), ConnectionFault::Lost);
        assert_eq!(unreached(&io::ErrorKind::NotFound.into()), ConnectionFault::Unreachable);
    }

    #[test]
    fn what_the_client_does_not_speak_is_told() -> crate::error::Result<()> {
        let options = ServerOptions::parse("mysql://anna:geheim@db.example/shop", &MYSQL)?;
        let plugin = sqlx::Error::Protocol("unknown authentication plugin: client_ed25519".into());
        let error = connecting(&options, "the server", |_| String::new(), plugin).to_string();
        assert!(error.contains("`anna`") && error.ends_with("client_ed25519"), "{error}");
        assert!(!error.contains("geheim"));
        Ok(())
    }
}
