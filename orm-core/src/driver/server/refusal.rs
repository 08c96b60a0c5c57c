//! Errors while a server is connected to, and when a connection breaks.

use std::io;

use sqlx::error::{BoxDynError, DatabaseError};

use super::fault::{After, Fault};
use super::options::ServerOptions;
use crate::error::{Error, Retry};

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
pub(in crate::driver) fn broken(options: &ServerOptions, error: sqlx::Error) -> Fault {
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
    fn what_the_client_does_not_speak_is_told() -> crate::error::Result<()> {
        let options = ServerOptions::parse("mysql://anna:geheim@db.example/shop", &MYSQL)?;
        let plugin = sqlx::Error::Protocol("unknown authentication plugin: client_ed25519".into());
        let error = connecting(&options, "the server", |_| String::new(), plugin).to_string();
        assert!(error.contains("`anna`") && error.ends_with("client_ed25519"), "{error}");
        assert!(!error.contains("geheim"));
        Ok(())
    }
}
