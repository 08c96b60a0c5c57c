//! PostgreSQL's errors by SQLSTATE. Neither DETAIL nor a quoted value ever gets into a message.

use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

use crate::driver::fault::{After, Fault};
use crate::driver::refusal;
use crate::driver::url::ServerOptions;
use crate::error::{Error, ErrorKind, IntegrityKind, RangeLimit, Waiting, unread};

/// Says what an error means, and what it left behind.
pub(super) fn fault(options: &ServerOptions, error: sqlx::Error) -> Fault {
    let reported = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    match reported {
        Some(reported) => Fault { error: meaning(options, reported).into(), after: after(reported) },
        None => refusal::broken(options, error),
    }
}

/// Says why a connection could not be opened.
pub(super) fn connecting(options: &ServerOptions, error: sqlx::Error) -> Error {
    refusal::connecting(options, "PostgreSQL", |refusal| refusal.code().unwrap_or_default().into(), error)
}

fn after(error: &PgDatabaseError) -> After {
    match error.code() {
        "57P01" | "57P02" | "57P03" | "57P05" => After::Lost,
        // Not a lost connection: the number of bound values is not that of the placeholders.
        "08P01" => After::Usable,
        _ if matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic) => After::Lost,
        // "cached plan must not change result type", and a prepared statement that was deallocated.
        "0A000" if error.routine() == Some("RevalidateCachedQuery") => After::Replan,
        "26000" => After::Replan,
        // The type of a parameter is gone; another may have its name. (Internal errors are not translated.)
        "XX000" if error.message().starts_with("cache lookup failed for type") => After::Replan,
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
        // Of a wait that was cut short, in whatever language the server speaks.
        "55P03" if error.routine() == Some("ProcessInterrupts") => {
            ErrorKind::Timeout { what: Waiting::Lock, after: options.lock_timeout }
        }
        // NOWAIT's.
        "55P03" => ErrorKind::Timeout { what: Waiting::Lock, after: Duration::ZERO },
        // The code, and the place in the server, are those of a query that another session cancelled: only its words tell. (A server that
        // speaks another language than English is not understood here, and the error stays one of the database.)
        "57014" if error.message().contains("statement timeout") => {
            ErrorKind::Timeout { what: Waiting::Statement, after: options.statement_timeout.unwrap_or(Duration::ZERO) }
        }
        "22003" if error.routine().is_some_and(is_of_digits) => {
            refusal::unfit_document("has a number of more digits than the server keeps, or a decimal has")
        }
        // Of `double()`, by which documents of others are tried.
        "22036" => refusal::unfit_document(
            "has a number past the range of an f64, or more than 127 arrays and objects inside each other",
        ),
        "22P02" | "22P05" if error.routine().is_some_and(|routine| routine.starts_with("json_")) => {
            refusal::unfit_document(&format!("is no JSON ({})", without_values(error.message())))
        }
        // One code for all types, and a place in the server for each operator: the words tell the type.
        "22003" => {
            let of = if error.message() == "bigint out of range" { RangeLimit::Arithmetic } else { RangeLimit::Type };
            refusal::past_range(of, Some(&without_values(error.message())))
        }
        // Too long, no such date, no such character, no such JSON character, no such value of an enum.
        "22P02" | "22001" | "22008" | "22021" | "22P05" => unread(error.message(), "\"")
            .unwrap_or_else(|| ErrorKind::past(RangeLimit::Type, without_values(error.message()))),
        "2200H" => refusal::keys_used_up(refusal::A_TABLE),
        _ if after(error) == After::Lost || (code.starts_with("08") && code != "08P01") => {
            ErrorKind::Connection { reason: format!("{} ended it: {} ({code})", options.location(), error.message()) }
        }
        _ if code.starts_with("22") => database(code, without_values(error.message())),
        _ => database(code, error.message().to_owned()),
    }
}

/// Whether a function of the server makes numbers of digits, wherever they stand.
fn is_of_digits(routine: &str) -> bool {
    routine.starts_with("make_result") || routine.starts_with("set_var_from")
}

fn database(code: &str, message: String) -> ErrorKind {
    ErrorKind::Database { code: Some(code.to_owned()), message }
}

fn integrity(kind: IntegrityKind, error: &PgDatabaseError) -> ErrorKind {
    let columns = match error.column() {
        Some(column) => vec![column.to_owned()],
        // The columns of the row referred to, which are not those of the constraint.
        None if is_referred_to(error) => Vec::new(),
        None => error.detail().map(key_columns).unwrap_or_default(),
    };
    let (constraint, table) = (error.constraint().map(str::to_owned), error.table().map(str::to_owned));
    ErrorKind::Integrity { kind, constraint, table, columns }
}

/// Tells whether a row was kept by one that refers to it: `Key (id)=(1) is still referenced from table "item".`, where the
/// error is about that table.
fn is_referred_to(error: &PgDatabaseError) -> bool {
    let refers = |table| error.detail().is_some_and(|detail| detail.ends_with(&format!("\"{table}\".")));
    matches!(error.code(), "23503" | "23001")
        && !error.message().starts_with("insert or update")
        && error.table().is_some_and(refers)
}

/// The names of `Key (a, b)=(1, 2) already exists.`, in any language of the server.
fn key_columns(detail: &str) -> Vec<String> {
    let names = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=("));
    let Some((names, _)) = names else { return Vec::new() };
    let mut depth = 0_i32;
    let columns = names.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    });
    columns.map(|column| column.trim().trim_matches('"').to_owned()).collect()
}

/// Replaces what stands in double quotes: in errors about data, that is the data.
fn without_values(message: &str) -> String {
    match (message.find('"'), message.rfind('"')) {
        (Some(from), Some(to)) if from < to => format!("{}\"…\"{}", &message[..from], &message[to + 1..]),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{key_columns, without_values};

    #[test]
    fn columns_of_a_key() {
        assert_eq!(key_columns("Key (id)=(1) already exists."), ["id"]);
        assert_eq!(key_columns("Key (a, \"B c\")=(x, y)=(z) is not present in table \"t\"."), ["a", "B c"]);
        assert_eq!(key_columns("Key (lower(name), id)=(x, 1) already exists."), ["lower(name)", "id"]);
        assert!(key_columns("Failing row contains (1, x).").is_empty());
    }

    #[test]
    fn values_are_left_out() {
        let message = "invalid input syntax for type integer: \"se\"cret\"";
        assert_eq!(without_values(message), "invalid input syntax for type integer: \"…\"");
        assert_eq!(without_values("division by zero"), "division by zero");
    }
}
