//! Errors of MySQL and MariaDB by number. Their messages are parsed for names; quoted values are left out.

use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;

use super::names::{self, Named};
use super::texts;
use crate::driver::server::fault::{After, Fault};
use crate::driver::server::options::ServerOptions;
use crate::driver::{refusal, server};
use crate::error::{ConnectionFault, Error, ErrorKind, IntegrityKind, QueryMistake, RangeLimit, Waiting};

/// Says what an error means, and what it left behind. `lock`: how long the statement was to wait for locks; `qualified`: whether
/// the server writes the table in front of a key's name.
pub(super) fn fault(options: &ServerOptions, lock: Duration, qualified: bool, error: sqlx::Error) -> Fault {
    let reported = error.as_database_error().and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>());
    if let Some(reported) = reported {
        return Fault { error: meaning(options, lock, qualified, reported).into(), after: after(reported.number()) };
    }
    match error {
        // The client has not read the server's answer then.
        sqlx::Error::Protocol(message) => match placeholders(&message) {
            Some(mistake) => Error::from(mistake).into(),
            None => server::refusal::broken(options, sqlx::Error::Protocol(message)),
        },
        other => server::refusal::broken(options, other),
    }
}

/// The numbers of the client's own message.
fn placeholders(message: &str) -> Option<QueryMistake> {
    let mut numbers = message.strip_prefix(texts::PLACEHOLDERS)?.split(' ').filter_map(|word| word.parse().ok());
    let (wanted, given) = (numbers.next()?, numbers.next()?);
    Some(QueryMistake::Placeholders { wanted, given })
}

/// Says why a connection could not be opened.
pub(super) fn connecting(options: &ServerOptions, error: sqlx::Error) -> Error {
    let number = |refusal: &dyn DatabaseError| {
        refusal.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number).to_string()
    };
    server::refusal::connecting(options, "the server", number, error)
}

fn after(number: u16) -> After {
    match number {
        // Shutdown, network errors, gone away, lost, killed, idle for too long.
        1053 | 1077 | 1152 | 1158..=1161 | 1184 | 1927 | 2006 | 2013 | 3169 | 4031 => After::Lost,
        // "Prepared statement needs to be re-prepared", and one that the server does not know.
        1243 | 1615 => After::Replan,
        // A deadlock, and a row that was changed since the snapshot.
        1213 | 1020 => After::RolledBack,
        _ => After::Usable,
    }
}

fn meaning(options: &ServerOptions, lock: Duration, qualified: bool, error: &MySqlDatabaseError) -> ErrorKind {
    let (number, message) = (error.number(), error.message());
    match number {
        1062 | 1169 | 1586 | 1859 => names::unique(message, qualified).of(IntegrityKind::Unique),
        // Of a row that refers to one whose key is changed.
        1761 | 1762 => names::unique_behind(message).of(IntegrityKind::Unique),
        1022 => Named::default().of(IntegrityKind::Unique),
        // The first two are what a user is told who may not read the other table.
        1216 | 1217 | 1451 | 1452 => names::foreign_key(message).of(IntegrityKind::ForeignKey),
        1048 => not_null(message, texts::NO_NULL),
        1364 => not_null(message, texts::NO_DEFAULT),
        3819 => {
            Named { constraint: names::between(message, texts::CHECK), ..Named::default() }.of(IntegrityKind::Check)
        }
        // On MySQL, this number is another error.
        4025 if error.code() == Some("23000") => names::check(message).of(IntegrityKind::Check),
        // No partition takes the row, whose value the server tells: of one row, of several, and where the statement names some.
        1526 | 1591 | 1748 => Named::default().of(IntegrityKind::Check),
        1020 | 1213 => ErrorKind::Serialization { code: number.to_string() },
        1205 => ErrorKind::Timeout { what: Waiting::Lock, after: Some(lock) },
        // NOWAIT's on MySQL.
        3572 => ErrorKind::Timeout { what: Waiting::Lock, after: Some(Duration::ZERO) },
        1969 | 3024 => ErrorKind::Timeout { what: Waiting::Statement, after: options.statement_timeout },
        // The number is the same for a column and for a cast.
        1264 if !message.contains(texts::NO_COLUMN) => {
            refusal::past_range(RangeLimit::Type, Some(message), names::column(message))
        }
        // Of a cast, and of an operator: what follows is the expression.
        1264 | 1690 => refusal::unread(message, texts::END_OF_TOLD).unwrap_or_else(|| past_range(message)),
        // Of a cast, and of a function in a statement that writes.
        3140 | 3141 | 4038 => refusal::unfit_document("is no JSON"),
        3157 | 4040 => {
            refusal::unfit_document("has more arrays and objects inside each other than the server compares")
        }
        1265 | 1292 | 1366 | 1406 | 1411 | 1441 | 1916 => {
            let reason = without_values(message);
            ErrorKind::OutOfRange { of: RangeLimit::Type, column: names::column(&reason), reason }
        }
        // What PCRE says (MariaDB), and ICU (MySQL).
        1139 | 3685 | 3688..=3700 => ErrorKind::Query(QueryMistake::Pattern { reason: without_values(message) }),
        167 | 1467 => refusal::keys_used_up(refusal::A_TABLE),
        _ if after(number) == After::Lost => ErrorKind::Connection {
            fault: ConnectionFault::Ended,
            reason: format!("{} ended it: {message} ({number})", options.location()),
        },
        _ => ErrorKind::Database { code: Some(number.to_string()), message: without_values(message) },
    }
}

/// What is wrong with a number, by the expression that the server names: the dialect makes some so that they fail. (The number
/// of the error is the same for all.)
fn past_range(message: &str) -> ErrorKind {
    if message.to_ascii_lowercase().contains(texts::DOCUMENT_TRIED) {
        return refusal::unfit_document(
            "is no JSON, has a number past the range of an f64, or more than 31 arrays and objects inside each other, which \
             the server does not compare",
        );
    }
    refusal::past_range(RangeLimit::Arithmetic, None, None)
}

fn not_null(message: &str, words: (&str, &str)) -> ErrorKind {
    let columns = names::between(message, words).into_iter().collect();
    Named { columns, ..Named::default() }.of(IntegrityKind::NotNull)
}

/// Replaces the value in `Incorrect integer value: 'x' for column …` and the like.
fn without_values(message: &str) -> String {
    for (word, follows) in texts::QUOTED {
        let Some((before, rest)) = message.split_once(word) else { continue };
        // The value may hold quotes; the last time counts that what follows it is there.
        let tail = rest.rsplit_once(follows).map(|(_, tail)| format!("{follows}{tail}"));
        return format!("{before}{word}…{}", tail.as_deref().unwrap_or("'"));
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_left_out() {
        let message = "Incorrect integer value: 'se' for cret' for column `d`.`t`.`c` at row 1";
        assert_eq!(without_values(message), "Incorrect integer value: '…' for column `d`.`t`.`c` at row 1");
        assert_eq!(without_values("BIGINT value is out of range in '(5 + 7)'"), "BIGINT value is out of range in '…'");
        let overflow = "Got overflow when converting 'it's' to 10' to INT. Value truncated";
        assert_eq!(without_values(overflow), "Got overflow when converting '…' to INT. Value truncated");
        let illegal = "Encountered illegal value 'x' when converting to INT";
        assert_eq!(without_values(illegal), "Encountered illegal value '…' when converting to INT");
        assert_eq!(without_values("Invalid utf8mb4 character string: 'xy'"), "Invalid utf8mb4 character string: '…'");
        assert_eq!(without_values("Unknown column 'x' in 'field list'"), "Unknown column 'x' in 'field list'");
    }
}
