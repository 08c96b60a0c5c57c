//! Why there is no connection.

/// Why a database cannot be reached, or a connection to it was lost: [`ErrorKind::Connection`](super::ErrorKind::Connection).
///
/// It is read from codes (SQLSTATE, the numbers of MySQL and MariaDB, [`std::io::ErrorKind`]), never from a message.
///
/// ```
/// # use orm_core::error::{ConnectionFault, Error, ErrorKind};
/// # let error = Error::connection(ConnectionFault::Authentication, "PostgreSQL at db:5432/shop refused `anna`");
/// match error.kind() {
///     ErrorKind::Connection { fault: ConnectionFault::Authentication, .. } => println!("ask for the password again"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionFault {
    /// No server answers there: no program listens, or there is no such host or way to it.
    Unreachable,
    /// The server did not answer within `connect_timeout`.
    NoAnswer,
    /// The server does not let this user in: the name, the password, the address, or the way in which it asks for a password.
    Authentication,
    /// The server has no database of this name, or none for this user.
    NoDatabase,
    /// The server has as many connections as it takes, from all or from this user.
    TooMany,
    /// The server is starting or stopping.
    NotReady,
    /// No TLS as the URL asks for it: the server has none, or its certificate does not hold.
    Tls,
    /// The server ended the connection: it was killed, idle for too long, or the server stops.
    Ended,
    /// The connection broke.
    Lost,
    /// What was answered cannot be read, or asks for what the client does not speak: it may be another kind of server than the URL
    /// says, or want the password in another way.
    Protocol,
    /// The program closed the database, or its runtime, or gave up what it had asked for.
    Closed,
    /// A file cannot be opened as a database: it is not there, not allowed, or none.
    File,
    /// The system gave no thread or other means that it takes.
    System,
    /// Another reason.
    Other,
}
