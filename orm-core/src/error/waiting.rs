//! What takes too long.

use std::fmt;

/// What took longer than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Waiting {
    /// A lock that another transaction has: nothing was changed by the statement.
    Lock,
    /// The lock of a SQLite file, which another process has: nothing was changed either.
    File,
    /// The answer to a statement.
    Statement,
    /// The end of a transaction with a time limit.
    Transaction,
    /// The program, which did not take the next rows of a stream.
    Stream,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lock => "waiting for a lock",
            Self::File => "waiting for the database's lock",
            Self::Statement => "the statement",
            Self::Transaction => "the transaction",
            Self::Stream => "taking the next rows of a stream",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Waiting;
    use crate::error::{Error, ErrorKind, Retry};

    #[test]
    fn what_was_waited_for_tells_whether_to_try_again() {
        for (what, words, retry) in [
            (Waiting::Lock, "waiting for a lock", Retry::Safe),
            (Waiting::File, "waiting for the database's lock", Retry::Safe),
            (Waiting::Statement, "the statement", Retry::No),
            (Waiting::Transaction, "the transaction", Retry::No),
            (Waiting::Stream, "taking the next rows of a stream", Retry::No),
        ] {
            let error = Error::from(ErrorKind::Timeout { what, after: Some(Duration::from_secs(2)) });
            assert_eq!((error.to_string(), error.retry()), (format!("{words} took longer than 2s"), retry));
            let error = Error::from(ErrorKind::Timeout { what, after: None });
            assert_eq!(error.to_string(), format!("{words} took longer than the database's own settings allow"));
        }
    }
}
