//! Errors of MySQL and MariaDB by number. Their messages are parsed for names; quoted values are left out.

use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;

use super::texts;
use crate::driver::fault::{After, Fault};
use crate::driver::refusal;
use crate::driver::url::ServerOptions;
use crate::error::{Error, ErrorKind, IntegrityKind, QueryMistake, RangeLimit, Waiting};

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
            None => refusal::broken(options, sqlx::Error::Protocol(message)),
        },
        other => refusal::broken(options, other),
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
    refusal::connecting(options, "the server", number, error)
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
        1062 | 1169 | 1586 => {
            let (table, key) = key_name(message, qualified);
            integrity(IntegrityKind::Unique, key, table, Vec::new())
        }
        1022 | 1859 => integrity(IntegrityKind::Unique, None, None, Vec::new()),
        // The first two are what a user is told who may not read the other table.
        1216 | 1217 | 1451 | 1452 => {
            let columns = after_word(message, texts::FOREIGN_KEY).map(names_in_backticks).unwrap_or_default();
            let table = after_word(message, texts::FAILS).and_then(table_name);
            integrity(IntegrityKind::ForeignKey, constraint_name(message), table, columns)
        }
        1048 => not_null(name_after(message, texts::COLUMN)),
        1364 => not_null(name_after(message, texts::FIELD)),
        3819 => integrity(IntegrityKind::Check, name_after(message, texts::CHECK), None, Vec::new()),
        // On MySQL, this number is another error.
        4025 if error.code() == Some("23000") => {
            // A check written at a column is named `table.column`.
            let table = message.rsplit_once(texts::FAILED_FOR).and_then(|(_, names)| table_name(names));
            integrity(IntegrityKind::Check, constraint_name(message), table, Vec::new())
        }
        1020 | 1213 => ErrorKind::Serialization { code: number.to_string() },
        1205 => ErrorKind::Timeout { what: Waiting::Lock, after: Some(lock) },
        // NOWAIT's on MySQL.
        3572 => ErrorKind::Timeout { what: Waiting::Lock, after: Some(Duration::ZERO) },
        1969 | 3024 => ErrorKind::Timeout { what: Waiting::Statement, after: options.statement_timeout },
        // The number is the same for a column and for a cast.
        1264 if !message.contains(texts::NO_COLUMN) => refusal::past_range(RangeLimit::Type, Some(message)),
        // Of a cast, and of an operator: what follows is the expression.
        1264 | 1690 => refusal::unread(message, texts::END_OF_TOLD).unwrap_or_else(|| past_range(message)),
        // Of a cast, and of a function in a statement that writes.
        3140 | 3141 | 4038 => refusal::unfit_document("is no JSON"),
        3157 | 4040 => {
            refusal::unfit_document("has more arrays and objects inside each other than the server compares")
        }
        1265 | 1292 | 1366 | 1406 | 1411 | 1441 | 1916 => {
            let reason = without_values(message);
            ErrorKind::OutOfRange { of: RangeLimit::Type, column: column_name(&reason), reason }
        }
        // What PCRE says (MariaDB), and ICU (MySQL).
        1139 | 3685 | 3688..=3700 => ErrorKind::Query(QueryMistake::Pattern { reason: without_values(message) }),
        167 | 1467 => refusal::keys_used_up(refusal::A_TABLE),
        _ if after(number) == After::Lost => {
            ErrorKind::Connection { reason: format!("{} ended it: {message} ({number})", options.location()) }
        }
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
    refusal::past_range(RangeLimit::Arithmetic, None)
}

fn integrity(
    kind: IntegrityKind,
    constraint: Option<String>,
    table: Option<String>,
    columns: Vec<String>,
) -> ErrorKind {
    ErrorKind::Integrity { kind, constraint, table, columns }
}

fn not_null(column: Option<String>) -> ErrorKind {
    integrity(IntegrityKind::NotNull, None, None, column.into_iter().collect())
}

/// The table and the name at the end of `Duplicate entry '…' for key 'book.uq_name'`. The entry may say anything, so the last
/// words count.
fn key_name(message: &str, qualified: bool) -> (Option<String>, Option<String>) {
    let Some((_, name)) = message.rsplit_once(texts::KEY) else { return (None, None) };
    let name = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')).unwrap_or(name);
    match name.split_once('.').filter(|_| qualified) {
        Some((table, own)) => (Some(table.to_owned()), Some(own.to_owned())),
        None => (None, Some(name.to_owned())),
    }
}

/// The second of the names that a message goes on with: "`d`.`t`".
fn table_name(names: &str) -> Option<String> {
    let (_, rest) = quoted_name(names)?;
    quoted_name(rest.strip_prefix('.')?).map(|(name, _)| name)
}

/// A name in backticks, those in it doubled, and what follows it.
fn quoted_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text.strip_prefix('`')?.chars();
    loop {
        match rest.next()? {
            '`' if rest.as_str().starts_with('`') => name.extend(rest.next()),
            '`' => return Some((name, rest.as_str())),
            character => name.push(character),
        }
    }
}

/// The column of `… for column `d`.`t`.`c` at row 1`.
fn column_name(message: &str) -> Option<String> {
    let (_, names) = message.rsplit_once(texts::FOR_COLUMN)?;
    let (names, _) = names.rsplit_once('`')?;
    // What an expression gives has its words for a name, with the names of its columns in backticks.
    names.rsplit("`.`").next().filter(|name| !name.contains('`')).map(str::to_owned)
}

/// The name behind CONSTRAINT.
fn constraint_name(message: &str) -> Option<String> {
    after_word(message, texts::CONSTRAINT).and_then(quoted_name).map(|(name, _)| name)
}

fn after_word<'m>(message: &'m str, word: &str) -> Option<&'m str> {
    message.split_once(word).map(|(_, rest)| rest)
}

/// The name between words that end in a quote, and another quote.
fn name_after(message: &str, words: &str) -> Option<String> {
    after_word(message, words).and_then(|rest| rest.split_once('\'')).map(|(name, _)| name.to_owned())
}

/// The names of "`a`, `b`) REFERENCES …".
fn names_in_backticks(list: &str) -> Vec<String> {
    let list = list.split_once(')').map_or(list, |(list, _)| list);
    list.split(',').map(|name| name.trim().trim_matches('`').to_owned()).collect()
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
    fn names_are_found() {
        for (entry, qualified, table, key) in [
            ("'x' for key 'y' for key 'uq'", false, None, "uq"),
            ("'1' for key 'book.PRIMARY'", true, Some("book"), "PRIMARY"),
            ("'1' for key 'it's.odd'", false, None, "it's.odd"),
            ("'1' for key 'book.it's.odd'", true, Some("book"), "it's.odd"),
        ] {
            let found = key_name(&format!("Duplicate entry {entry}"), qualified);
            assert_eq!(found, (table.map(str::to_owned), Some(key.to_owned())), "{entry}");
        }
        assert_eq!(table_name("`d`.`b``c`, CONSTRAINT `fk` FOREIGN KEY").as_deref(), Some("b`c"));
        assert_eq!(table_name("d.b"), None);
        let message = "Incorrect integer value: '…' for column `d`.`t`.`c` at row 1";
        assert_eq!(column_name(message).as_deref(), Some("c"));
        let with_parentheses = "Incorrect integer value: '…' for column `d`.`t`.`size(mm)` at row 1";
        assert_eq!(column_name(with_parentheses).as_deref(), Some("size(mm)"));
        let computed = "Out of range value for column `(temporary)`.`ROUND(`t`.`a` * `t`.`b`, 38)` at row 1";
        assert_eq!(column_name(computed), None);
        assert_eq!(column_name("Data too long for column 'c' at row 1"), None);
        assert_eq!(constraint_name("CONSTRAINT `a``b.c` failed for `d`.`t`").as_deref(), Some("a`b.c"));
        let message = "Cannot add or update a child row: a foreign key constraint fails (`d`.`b`, CONSTRAINT `fk` \
                       FOREIGN KEY (`x`, `y`) REFERENCES `a` (`id`, `z`))";
        assert_eq!(constraint_name(message).as_deref(), Some("fk"));
        assert_eq!(after_word(message, "FOREIGN KEY (").map(names_in_backticks), Some(vec!["x".into(), "y".into()]));
    }

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
