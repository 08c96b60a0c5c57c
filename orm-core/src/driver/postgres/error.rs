//! PostgreSQL's errors by SQLSTATE. Neither DETAIL nor a quoted value ever gets into a message.

use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

use super::{names, texts};
use crate::driver::server::fault::{After, Fault};
use crate::driver::server::options::ServerOptions;
use crate::driver::{refusal, server};
use crate::error::{ConnectionFault, Error, ErrorKind, IntegrityKind, QueryMistake, RangeLimit, Waiting};

/// Says what an error means, and what it left behind.
pub(super) fn fault(options: &ServerOptions, error: sqlx::Error) -> Fault {
    let reported = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    match reported {
        Some(reported) => Fault { error: meaning(options, reported).into(), after: after(reported) },
        None => server::refusal::broken(options, error),
    }
}

/// Says why a connection could not be opened.
pub(super) fn connecting(options: &ServerOptions, error: sqlx::Error) -> Error {
    server::refusal::connecting(options, "PostgreSQL", |refusal| refusal.code().unwrap_or_default().into(), error)
}

fn after(error: &PgDatabaseError) -> After {
    match error.code() {
        "57P01" | "57P02" | "57P03" | "57P05" => After::Lost,
        // Not a lost connection: the number of bound values is not that of the placeholders.
        "08P01" => After::Usable,
        _ if matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic) => After::Lost,
        "0A000" if error.routine() == Some(texts::STALE_PLAN) => After::Replan,
        // A prepared statement that was deallocated.
        "26000" => After::Replan,
        // The type of a parameter is gone; another may have its name.
        "XX000" if error.message().starts_with(texts::NO_SUCH_TYPE) => After::Replan,
        // No such operator, an expression of another type, no such cast: by the types that a prepared statement has kept, if
        // a place in the statement itself is named. (While it runs, what a function says is refused by these codes too.)
        "42883" | "42804" | "42846" if matches!(error.position(), Some(PgErrorPosition::Original(_))) => After::Retype,
        _ => After::Usable,
    }
}

fn meaning(options: &ServerOptions, error: &PgDatabaseError) -> ErrorKind {
    let code = error.code();
    match code {
        "23505" => integrity(IntegrityKind::Unique, error),
        // The second of ON DELETE RESTRICT, from PostgreSQL 18 on.
        "23503" | "23001" => integrity(IntegrityKind::ForeignKey, error),
        "23502" => integrity(IntegrityKind::NotNull, error),
        "23514" => integrity(IntegrityKind::Check, error),
        "23P01" => integrity(IntegrityKind::Exclusion, error),
        _ if code.starts_with("23") => integrity(IntegrityKind::Other, error),
        "40001" | "40P01" => ErrorKind::Serialization { code: code.to_owned() },
        "55P03" if error.routine() == Some(texts::INTERRUPTED) => {
            ErrorKind::Timeout { what: Waiting::Lock, after: Some(options.lock_timeout) }
        }
        // NOWAIT's.
        "55P03" => ErrorKind::Timeout { what: Waiting::Lock, after: Some(Duration::ZERO) },
        "57014" if error.message().contains(texts::STATEMENT_TIMEOUT) => {
            ErrorKind::Timeout { what: Waiting::Statement, after: options.statement_timeout }
        }
        "22003" if error.routine().is_some_and(is_of_digits) => {
            refusal::unfit_document("has a number of more digits than the server keeps, or a decimal has")
        }
        // Of `double()`, by which documents of others are tried.
        "22036" => refusal::unfit_document(
            "has a number past the range of an f64, or more than 127 arrays and objects inside each other",
        ),
        "22P02" | "22P05" if error.routine().is_some_and(|routine| routine.starts_with(texts::READS_JSON)) => {
            refusal::unfit_document(&format!("is no JSON ({})", without_values(error.message())))
        }
        "22003" => {
            let is_of_64_bits = error.message().starts_with(texts::PAST_64_BITS);
            let of = if is_of_64_bits { RangeLimit::Arithmetic } else { RangeLimit::Type };
            refusal::past_range(of, Some(&without_values(error.message())), None)
        }
        // Too long, no such date, no such character, no such JSON character, no such value of an enum.
        "22P02" | "22001" | "22008" | "22021" | "22P05" => refusal::unread(error.message(), "\"")
            .unwrap_or_else(|| ErrorKind::past(RangeLimit::Type, without_values(error.message()))),
        "54000" if error.routine().is_some_and(|routine| texts::TOO_LONG_FOR_INDEX.contains(&routine)) => {
            let reason = "a value is too long for an index on its column, which takes 2,704 bytes after compression";
            ErrorKind::past(RangeLimit::Type, reason.to_owned())
        }
        "2201B" => ErrorKind::Query(QueryMistake::Pattern { reason: without_values(error.message()) }),
        "08P01" if error.routine() == Some(texts::BINDS) => {
            placeholders(error.message()).map_or_else(|| database(code, error.message().to_owned()), ErrorKind::Query)
        }
        "2200H" => refusal::keys_used_up(refusal::A_TABLE),
        _ if after(error) == After::Lost || (code.starts_with("08") && code != "08P01") => ErrorKind::Connection {
            fault: ConnectionFault::Ended,
            reason: format!("{} ended it: {} ({code})", options.location(), error.message()),
        },
        _ if code.starts_with("22") => database(code, without_values(error.message())),
        _ => database(code, error.message().to_owned()),
    }
}

/// Whether a function of the server makes numbers of digits, wherever they stand.
fn is_of_digits(routine: &str) -> bool {
    texts::READS_DIGITS.iter().any(|start| routine.starts_with(start))
}

/// The numbers of "bind message supplies 1 parameters, but prepared statement "s" requires 2", in any language of the server.
fn placeholders(message: &str) -> Option<QueryMistake> {
    let mut numbers = message.split(' ').filter_map(|word| word.parse().ok());
    let (given, wanted) = (numbers.next()?, numbers.next()?);
    Some(QueryMistake::Placeholders { wanted, given })
}

fn database(code: &str, message: String) -> ErrorKind {
    ErrorKind::Database { code: Some(code.to_owned()), message }
}

fn integrity(kind: IntegrityKind, error: &PgDatabaseError) -> ErrorKind {
    let columns = match error.column() {
        Some(column) => vec![column.to_owned()],
        // The columns of the row referred to, which are not those of the constraint.
        None if is_referred_to(error) => Vec::new(),
        None if kind == IntegrityKind::ForeignKey => error.detail().map(names::bare).unwrap_or_default(),
        None => error.detail().map(names::quoted).unwrap_or_default(),
    };
    let (constraint, table) = (error.constraint().map(str::to_owned), error.table().map(str::to_owned));
    ErrorKind::Integrity { kind, constraint, table, columns }
}

/// Tells whether a row was kept by one that refers to it: `Key (id)=(1) is still referenced from table "item".`, where the
/// error is about that table.
fn is_referred_to(error: &PgDatabaseError) -> bool {
    let refers = |table| error.detail().is_some_and(|detail| detail.ends_with(&format!("\"{table}\".")));
    matches!(error.code(), "23503" | "23001")
        && !error.message().starts_with(texts::REFERS_TO_NONE)
        && error.table().is_some_and(refers)
}

/// Replaces what stands in quotes: in errors about data, that is the data.
fn without_values(message: &str) -> String {
    match (message.find(texts::is_quote), message.rfind(texts::is_quote)) {
        (Some(from), Some(to)) if from < to => {
            let behind = message[to..].chars().next().map_or(0, char::len_utf8);
            format!("{}\"…\"{}", &message[..from], &message[to + behind..])
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn values_are_left_out() {
        let message = "invalid input syntax for type integer: \"se\"cret\"";
        assert_eq!(without_values(message), "invalid input syntax for type integer: \"…\"");
        assert_eq!(without_values("division by zero"), "division by zero");
        let german = "ungültige Eingabesyntax für Typ integer: »ge\"heim«";
        assert_eq!(without_values(german), "ungültige Eingabesyntax für Typ integer: \"…\"");
        let french = "syntaxe en entrée invalide pour le type integer : « secret »";
        assert_eq!(without_values(french), "syntaxe en entrée invalide pour le type integer : \"…\"");
    }
}
