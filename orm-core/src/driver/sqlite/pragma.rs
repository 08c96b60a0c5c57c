//! PRAGMAs of a program. One that sets how a connection works would hold for what everybody writes later on the only connection
//! that writes, and not for reads: it is refused. SQLite itself tells what a statement sets, however it is written.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::texts::UNKNOWN_SCHEMA;
use crate::driver::words::verb;
use crate::error::{Error, ErrorKind};

/// Those whose value asks for something or does something once.
const ASKING: [&str; 14] = [
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "foreign_key_check",
    "integrity_check",
    "quick_check",
    "optimize",
    "wal_checkpoint",
    "incremental_vacuum",
    "shrink_memory",
];

/// Those whose value is kept in the file, for every program.
const OF_THE_FILE: [&str; 4] = ["user_version", "application_id", "auto_vacuum", "page_size"];

/// Those that bound what SQLite takes of the machine, and change no answer.
const OF_THE_MACHINE: [&str; 11] = [
    "analysis_limit",
    "cache_size",
    "cache_spill",
    "hard_heap_limit",
    "journal_size_limit",
    "max_page_count",
    "mmap_size",
    "soft_heap_limit",
    "temp_store",
    "threads",
    "wal_autocheckpoint",
];

/// Whether a text may set something by a PRAGMA: also behind EXPLAIN, or behind another statement.
pub(super) fn may_set(sql: &str) -> bool {
    let pragma = |bytes: &[u8]| bytes.eq_ignore_ascii_case(b"pragma");
    (verb(sql).is_none() || sql.contains(';')) && sql.as_bytes().windows(6).any(pragma)
}

/// Refuses a text that sets how the connection works. Each of its statements is prepared on another connection, without a file, which
/// has SQLite tell what it sets: some PRAGMAs are done as soon as they are prepared.
pub(super) fn check(sql: &str, in_transaction: bool) -> Result<(), Error> {
    // (A piece of a text between quotes is no statement, and tells nothing.)
    [sql].into_iter().chain(sql.split(';')).try_for_each(|sql| check_one(sql, in_transaction))
}

fn check_one(sql: &str, in_transaction: bool) -> Result<(), Error> {
    let refused = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&refused);
    let judge = move |context: AuthContext<'_>| match context.action {
        AuthAction::Pragma { pragma_name, pragma_value: Some(_) } if !is_allowed(pragma_name, in_transaction) => {
            *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(pragma_name.to_ascii_lowercase());
            Authorization::Deny
        }
        _ => Authorization::Allow,
    };
    // Some versions change a connection for that, some do not.
    let prepare = |other: &mut Connection| {
        other.authorizer(Some(judge))?;
        prepare_with_schemas(other, sql)
    };
    // What cannot be prepared there, since its tables are missing, is no PRAGMA.
    Connection::open_in_memory().and_then(|mut other| prepare(&mut other)).unwrap_or_default();
    let name = refused.lock().unwrap_or_else(PoisonError::into_inner).take();
    name.map_or(Ok(()), |name| Err(refusal(&name)))
}

/// Prepares a statement, with an empty schema for each that it names. (SQLite attaches ten at most.)
fn prepare_with_schemas(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    for _ in 0..10 {
        let Err(error) = connection.prepare(sql).map(drop) else { return Ok(()) };
        let message = error.to_string();
        let Some((_, named)) = message.split_once(UNKNOWN_SCHEMA) else { return Err(error) };
        let name = named.split(" in ").next().unwrap_or(named);
        connection.execute("ATTACH ':memory:' AS ?1", [name])?;
    }
    Ok(())
}

/// Whether a PRAGMA may be given a value. Keys that are deferred in a transaction are so until its end.
fn is_allowed(name: &str, in_transaction: bool) -> bool {
    let is = |other: &&str| name.eq_ignore_ascii_case(other);
    [&ASKING[..], &OF_THE_FILE, &OF_THE_MACHINE].concat().iter().any(is)
        || (in_transaction && is(&"defer_foreign_keys"))
}

fn refusal(name: &str) -> Error {
    let instead = match name {
        "busy_timeout" | "synchronous" => format!("; use `?{name}=…` in the URL"),
        "journal_mode" => "; use `?journal=wal` in the URL".to_owned(),
        "query_only" => "; use `?mode=ro` in the URL, or `.read_only(true)` of `atomic`".to_owned(),
        "defer_foreign_keys" => "; inside `atomic` it holds until the end".to_owned(),
        "foreign_keys" => {
            "; inside `atomic`, `PRAGMA defer_foreign_keys = ON` puts their check off to the end".to_owned()
        }
        _ => String::new(),
    };
    let feature = format!("`PRAGMA {name}` with a value: it would hold for all later writes of the program{instead}");
    ErrorKind::Unsupported { feature, backend: "SQLite" }.into()
}
