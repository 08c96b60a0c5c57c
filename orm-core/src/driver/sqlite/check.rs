//! Which table has the CHECK that failed: SQLite tells its name alone, or the expression of one that has none.

use rusqlite::Connection;

use crate::error::{Error, ErrorKind, IntegrityKind};

/// Adds the table to the error of a CHECK, and takes away what is no name.
pub(super) fn placed(connection: &Connection, error: Error) -> Error {
    let ErrorKind::Integrity { kind: IntegrityKind::Check, constraint: Some(said), table: None, .. } = error.kind()
    else {
        return error;
    };
    // Without an answer, the error stays as it is.
    let Ok(tables) = tables(connection) else { return error };
    let having = |has: fn(&str, &str) -> bool| {
        let mut found = tables.iter().filter(|(_, sql)| has(sql, said)).map(|(table, _)| table.clone());
        (found.next(), found.next().is_some())
    };
    let (constraint, (table, is_ambiguous)) = match having(names) {
        (None, _) => (None, having(checks)),
        named => (Some(said.clone()), named),
    };
    let (kind, table) = (IntegrityKind::Check, table.filter(|_| !is_ambiguous));
    error.with_kind(ErrorKind::Integrity { kind, constraint, table, columns: Vec::new() })
}

/// The tables, each with the statement that made it.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut asked =
        connection.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")?;
    asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Whether a table gives a constraint this name, in any of the quotes that SQLite knows.
fn names(sql: &str, name: &str) -> bool {
    let quoted =
        ['"', '`', '\''].map(|quote| format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}"))));
    let is_quoted =
        |rest: &str| quoted.iter().any(|quoted| rest.starts_with(quoted)) || rest.starts_with(&format!("[{name}]"));
    let is_bare = |rest: &str| {
        let behind = rest.strip_prefix(name);
        behind.is_some_and(|behind| !behind.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
    };
    behind(sql, "constraint").any(|rest| is_quoted(rest) || is_bare(rest))
}

/// Whether a table has a CHECK of this expression.
fn checks(sql: &str, expression: &str) -> bool {
    let mut behind = behind(sql, "check").filter_map(|rest| rest.strip_prefix('('));
    behind.any(|rest| rest.trim_start().starts_with(expression))
}

/// What follows each time that a word is said.
fn behind<'s>(sql: &'s str, word: &'static str) -> impl Iterator<Item = &'s str> {
    let found: Vec<usize> = sql.to_ascii_lowercase().match_indices(word).map(|(at, _)| at + word.len()).collect();
    found.into_iter().filter_map(|at| sql.get(at..)).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_quotes() {
        for sql in [
            "CREATE TABLE t (a INT, CONSTRAINT positive CHECK (a > 0))",
            "create table t (a int constraint \"positive\" check(a > 0))",
            "CREATE TABLE t (a INT, CONSTRAINT [positive] CHECK (a > 0))",
            "CREATE TABLE t (a INT, CONSTRAINT `positive`CHECK (a > 0))",
        ] {
            assert!(names(sql, "positive") && !names(sql, "posit") && !names(sql, "a > 0"), "{sql}");
            assert!(checks(sql, "a > 0") && !checks(sql, "b"), "{sql}");
        }
        assert!(names("CREATE TABLE t (a INT, CONSTRAINT \"a \"\"b\"\"\" CHECK (a))", "a \"b\""));
        assert!(!names("CREATE TABLE t (flag INT CHECK (flag))", "flag"));
    }
}
