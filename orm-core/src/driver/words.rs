//! What can be told of a statement by its words, as bytes: in a transaction of many thousands, each is looked at.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, QueryMistake, Result};

/// First words of statements that leave the session as it was.
const KEEPING: [&str; 30] = [
    "select", "insert", "update", "delete", "with", "values", "table", "merge", "replace", "create", "alter", "drop",
    "truncate", "rename", "comment", "explain", "show", "describe", "desc", "analyze", "vacuum", "reindex", "cluster",
    "refresh", "grant", "revoke", "optimize", "check", "import", "security",
];

/// First words of commands that end a transaction, or would confuse the count of its savepoints.
const ENDING: [&str; 9] = ["begin", "start", "commit", "rollback", "abort", "end", "savepoint", "release", "prepare"];

/// Whether a statement leaves the session as it was, judged by its first word. After any other (SET, BEGIN, LOCK,
/// PREPARE, CREATE TEMPORARY …) the connection is not given back: its next user would inherit what was set.
pub(super) fn keeps_session(sql: &str) -> bool {
    let first = first_word(sql);
    first.is_empty() || (is_among(first, &KEEPING) && !creates_temporary(sql) && comment_read_twice(sql).is_none())
}

/// Whether a statement names the tables by which a server tells of itself.
pub(super) fn reads_catalog(sql: &str) -> bool {
    const NAME: &[u8] = b"information_schema";
    sql.as_bytes().windows(NAME.len()).any(|bytes| bytes.eq_ignore_ascii_case(NAME))
}

/// Whether a statement waits for no lock, judged by its last word.
pub(super) fn is_nowait(sql: &str) -> bool {
    let end = split_last_comment(sql).0.trim_ascii_end().as_bytes().split_last_chunk::<6>();
    end.is_some_and(|(_, word)| word.eq_ignore_ascii_case(b"nowait"))
}

/// The text before the comment that a statement ends in, and that comment: its tag, if it has one.
pub(super) fn split_last_comment(sql: &str) -> (&str, &str) {
    let begin = if sql.ends_with("*/") { sql.rfind("/*") } else { None };
    sql.split_at(begin.unwrap_or(sql.len()))
}

/// Refuses a statement that would end the transaction that it runs in without the library's knowledge.
#[inline]
pub(super) fn stays_in_transaction(sql: &str, committing: &[&str]) -> Result<()> {
    // Most are known by their first word, and each row that is saved is a statement.
    if verb(sql).is_some() { Ok(()) } else { is_no_end(sql, committing) }
}

#[inline(never)]
fn is_no_end(sql: &str, committing: &[&str]) -> Result<()> {
    if ends_transaction(sql, committing) {
        return Err(ends_it(sql));
    }
    comment_read_twice(sql).map_or(Ok(()), |_| Err(Error::from(QueryMistake::CommentReadTwice).of_unsent()))
}

#[cold]
fn ends_it(sql: &str) -> Error {
    if is_among(first_word(sql), &ENDING) {
        return command(sql);
    }
    let feature =
        "this statement inside `atomic` or `test_scope`: it would end the transaction; run it outside".to_owned();
    ErrorKind::Unsupported { feature, backend: "a transaction" }.into()
}

fn command(sql: &str) -> Error {
    let command = String::from_utf8_lossy(first_word(sql)).to_uppercase();
    Error::from(QueryMistake::TransactionCommand { command }).of_unsent()
}

/// Refuses a command of transactions where none is open. What it began would be rolled back without an error; what it was to end
/// would have been committed already.
#[inline]
pub(super) fn stays_outside_transactions(sql: &str) -> Result<()> {
    if verb(sql).is_some() { Ok(()) } else { commands_no_transaction(sql) }
}

#[inline(never)]
fn commands_no_transaction(sql: &str) -> Result<()> {
    let begins = |commands: &[&str]| commands.iter().any(|command| begins_with(sql, command));
    if begins(&["begin not atomic", "commit prepared", "rollback prepared"]) {
        return Ok(());
    }
    if begins(&["begin", "start transaction"]) {
        return Err(QueryMistake::LeavesTransactionOpen.into());
    }
    if begins(&["commit", "rollback", "abort", "end", "savepoint", "release"]) {
        return Err(command(sql));
    }
    // What a server runs of a comment, as dumps have it, is asked for afterwards.
    match comment_read_twice(sql) {
        Some(ReadTwice::Otherwise) => Err(Error::from(QueryMistake::CommentReadTwice).of_unsent()),
        Some(ReadTwice::Run) | None => Ok(()),
    }
}

/// Whether a statement ends the transaction that it runs in: a command to do so, or one that begins with the words of
/// those that the server commits before.
#[inline(never)]
fn ends_transaction(sql: &str, committing: &[&str]) -> bool {
    is_among(first_word(sql), &ENDING)
        || (committing.iter().any(|command| begins_with(sql, command)) && !creates_temporary(sql))
}

/// Whether a statement begins with the words of a command, which are in lower case.
fn begins_with(sql: &str, command: &str) -> bool {
    let mut rest = from_first_word(sql);
    command.split(' ').all(|word| {
        let said;
        (said, rest) = split_word(rest.trim_ascii_start());
        said.eq_ignore_ascii_case(word.as_bytes())
    })
}

fn creates_temporary(sql: &str) -> bool {
    let mut words = words(sql);
    let verb = words.next().is_some_and(|word| is_among(word, &["create", "drop"]));
    let mut created = words.skip_while(|word| is_among(word, &["or", "replace", "global", "local"]));
    verb && created.next().is_some_and(|word| is_among(word, &["temp", "temporary"]))
}

/// What most statements do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Select,
    Insert,
    Update,
    Delete,
}

/// What a statement does, if that is its very first word: these four are of one length, so that each is one number.
#[inline]
pub(super) fn verb(sql: &str) -> Option<Verb> {
    const SELECT: u64 = letters(b"SELECT");
    const INSERT: u64 = letters(b"INSERT");
    const UPDATE: u64 = letters(b"UPDATE");
    const DELETE: u64 = letters(b"DELETE");
    let (word, rest) = sql.as_bytes().split_first_chunk()?;
    if rest.first().is_some_and(is_part_of_word) {
        return None;
    }
    match letters(word) {
        SELECT => Some(Verb::Select),
        INSERT => Some(Verb::Insert),
        UPDATE => Some(Verb::Update),
        DELETE => Some(Verb::Delete),
        _ => None,
    }
}

/// What a statement does, as OpenTelemetry names it: its first word, in capitals.
pub(crate) fn operation_name(sql: &str) -> Cow<'static, str> {
    match verb(sql) {
        Some(Verb::Select) => "SELECT".into(),
        Some(Verb::Insert) => "INSERT".into(),
        Some(Verb::Update) => "UPDATE".into(),
        Some(Verb::Delete) => "DELETE".into(),
        None => String::from_utf8_lossy(first_word(sql)).to_uppercase().into(),
    }
}

/// Six letters as a number, without the bit in which upper and lower case differ.
const fn letters(word: &[u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = *word;
    u64::from_le_bytes([a, b, c, d, e, f, 0, 0]) & 0xDFDF_DFDF_DFDF
}

/// The first word of a statement, behind comments and parentheses; empty if there is none.
pub(super) fn first_word(sql: &str) -> &[u8] {
    split_word(from_first_word(sql)).0
}

fn from_first_word(sql: &str) -> &[u8] {
    let text = without_leading_comments(sql).as_bytes();
    text.split_at(text.iter().position(is_part_of_word).unwrap_or(text.len())).1
}

/// The word that a text begins with, and what follows it.
fn split_word(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !is_part_of_word(byte)).unwrap_or(text.len()))
}

fn is_part_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || *byte == b'_'
}

fn words(sql: &str) -> impl Iterator<Item = &[u8]> {
    let text = without_leading_comments(sql).as_bytes();
    text.split(|byte| !is_part_of_word(byte)).filter(|word| !word.is_empty())
}

/// Whether a word is one of several, which are in lower case.
pub(super) fn is_among(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

fn without_leading_comments(sql: &str) -> &str {
    if sql.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return sql;
    }
    let mut text = sql.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    loop {
        let rest = if let Some(run) = text.strip_prefix("/*!").or_else(|| text.strip_prefix("/*M!")) {
            // A comment only by its looks: some servers run what is in it.
            Some(run.trim_start_matches(|c: char| c.is_ascii_digit()))
        } else if let Some(comment) = text.strip_prefix("--").or_else(|| text.strip_prefix('#')) {
            comment.split_once('\n').map(|(_, rest)| rest)
        } else if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/").map(|(_, rest)| rest)
        } else {
            return text;
        };
        text = rest.unwrap_or_default().trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    }
}

/// Why a comment is read in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadTwice {
    /// Some servers run what is in it, by their version.
    Run,
    /// It ends elsewhere, by the database.
    Otherwise,
}

/// The comment before a statement that databases read in different ways, so that what comes first is not the same for all.
fn comment_read_twice(sql: &str) -> Option<ReadTwice> {
    let mut text = sql;
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
        let (comment, rest) = if text.starts_with("--") || text.starts_with('#') {
            text.split_once('\n').unwrap_or((text, ""))
        } else if text.starts_with("/*!") || text.starts_with("/*M!") {
            return Some(ReadTwice::Run);
        } else if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/").unwrap_or((comment, ""))
        } else {
            return None;
        };
        if comment.contains("/*") || comment.trim_end_matches('\r').contains('\r') {
            return Some(ReadTwice::Otherwise);
        }
        text = rest;
    }
}

/// First words of statements that certainly leave a transaction open, beside the four verbs.
const HARMLESS: [&str; 8] = ["with", "values", "replace", "table", "show", "explain", "describe", "desc"];

/// Whether a statement might end its transaction although its first word does not say so: by a procedure that it calls, or
/// as a part of a compound one.
#[inline]
pub(super) fn may_end_transaction(sql: &str) -> bool {
    verb(sql).is_none() && (!is_among(first_word(sql), &HARMLESS) || comment_read_twice(sql).is_some())
}

/// Whether a statement might change what tables are, itself or by what it runs. (That a function does so which is called in a
/// SELECT is not told.)
pub(crate) fn may_change_tables(sql: &str) -> bool {
    may_end_transaction(sql)
}

#[cfg(test)]
mod tests {
    use super::{
        Error, QueryMistake, Verb, ends_transaction, is_nowait, keeps_session, operation_name, stays_in_transaction,
        stays_outside_transactions, verb,
    };

    #[test]
    fn a_command_behind_a_comment_that_is_read_in_two_ways_is_refused() {
        for sql in [
            "/* /* */ SELECT */ COMMIT",
            "--\rCOMMIT",
            "/*!WITH*/ COMMIT",
            "/*!99999 WITH */ COMMIT",
            "/*M!999999 SHOW */ COMMIT",
            "/*!99999 WITH */ CREATE TABLE x1 (a INT)",
            "/* a */ /*! 1 */ COMMIT",
            "( /*M!WITH*/COMMIT",
        ] {
            assert!(stays_in_transaction(sql, &[]).is_err(), "{sql}");
            assert!(!keeps_session(sql) || stays_outside_transactions(sql).is_err(), "{sql}");
        }
        for sql in
            ["/* a */ WITH x AS (SELECT 1) SELECT 1", "-- a\r\nWITH x AS (SELECT 1) SELECT 1", "# a\nSHOW TABLES"]
        {
            assert!(stays_in_transaction(sql, &[]).is_ok() && keeps_session(sql), "{sql}");
        }
        assert!(stays_outside_transactions("/*!40101 SET NAMES utf8 */").is_ok());
        assert!(stays_outside_transactions("--\rBEGIN").is_err());
    }

    #[test]
    fn verbs_are_told_by_the_first_word_alone() {
        assert_eq!(verb("UPDATE t SET a = 1"), Some(Verb::Update));
        assert_eq!(verb("insert into t"), Some(Verb::Insert));
        assert_eq!(verb("DeLeTe\nFROM t"), Some(Verb::Delete));
        assert_eq!(verb("SELECT"), Some(Verb::Select));
        for sql in
            ["", "UPDAT", "UPDATED t", "COMMIT", " SELECT 1", "5ELECT 1", "\u{15}ELECT 1", "-- UPDATE", "SÉLECT 1"]
        {
            assert_eq!(verb(sql), None, "{sql}");
        }
    }

    #[test]
    fn statements_that_end_a_transaction_are_known() {
        for sql in [
            "COMMIT",
            "/* a */ rollback",
            "; COMMIT",
            "(BEGIN",
            "/*!50000 COMMIT */",
            "/*M! COMMIT */",
            "# a\nCOMMIT",
            "SAVEPOINT a",
            "Create table t(a int)",
            "SET  PASSWORD = ''",
            "/* a */ set\npassword FOR b = ''",
        ] {
            assert!(ends_transaction(sql, &["create", "set password"]), "{sql}");
        }
        for sql in [
            "UPDATE t SET a = 1",
            "WITH a AS (SELECT 1) SELECT 1",
            "CREATE TEMP TABLE t(a int)",
            "SET @password = 1",
            "SET passwords = 1",
            "SET x = 1",
            "SET",
            "",
            "VACUUM",
        ] {
            assert!(!ends_transaction(sql, &["create", "set password"]), "{sql}");
        }
    }

    #[test]
    fn commands_of_transactions_are_refused_outside_of_them() {
        let refused = |sql: &str| stays_outside_transactions(sql).err().map(|error| error.to_string());
        for sql in ["BEGIN", "begin immediate", "/* a */ Begin", "Start\nTransaction READ ONLY"] {
            assert_eq!(refused(sql), Some(Error::from(QueryMistake::LeavesTransactionOpen).to_string()), "{sql}");
        }
        for sql in ["COMMIT", "rollback to a", "END", "ABORT", "; SAVEPOINT a", "RELEASE a"] {
            assert!(refused(sql).is_some_and(|told| told.contains("`atomic`")), "{sql}");
        }
        for sql in [
            "BEGIN NOT ATOMIC SELECT 1; END",
            "COMMIT PREPARED 'a'",
            "ROLLBACK PREPARED 'a'",
            "START SLAVE",
            "SELECT 1",
            "SET autocommit = 0",
            "",
        ] {
            assert_eq!(refused(sql), None, "{sql}");
        }
    }

    #[test]
    fn operations_are_named_in_capitals() {
        for (sql, name) in [
            ("SELECT 1", "SELECT"),
            ("update t", "UPDATE"),
            ("/* a */ create table t", "CREATE"),
            ("(with a", "WITH"),
            ("COMMIT", "COMMIT"),
            ("", ""),
        ] {
            assert_eq!(operation_name(sql), name, "{sql}");
        }
    }

    #[test]
    fn statements_that_wait_for_no_lock_are_known() {
        for (sql, nowait) in [
            ("SELECT 1 FOR UPDATE NOWAIT", true),
            ("select 1 for update nowait \n", true),
            ("NOWAIT", true),
            ("SELECT 1 FOR UPDATE NOWAIT /*tag='a'*/", true),
            ("SELECT 1 FOR UPDATE /*tag='nowait'*/", false),
            ("SELECT 1 FOR UPDATE NOWAIT */", false),
            ("SELECT 1 FOR UPDATE", false),
            ("SELECT 1 FOR UPDATE SKIP LOCKED", false),
            ("WAIT", false),
            ("", false),
        ] {
            assert_eq!(is_nowait(sql), nowait, "{sql}");
        }
    }

    #[test]
    fn statements_that_change_the_session_are_known() {
        for sql in
            ["SELECT 1", " (select 1)", "/* list */ SELECT 1", "-- a\nINSERT INTO t VALUES (1)", "CREATE TABLE t()"]
        {
            assert!(keeps_session(sql), "{sql}");
        }
        for sql in
            ["SET x = 1", "begin", "/* */ LOCK TABLES t READ", "CREATE TEMP TABLE t()", "USE other", "DISCARD ALL"]
        {
            assert!(!keeps_session(sql), "{sql}");
        }
        assert!(keeps_session("CREATE TABLE \"x\" (\"temp\" int)"));
    }
}
