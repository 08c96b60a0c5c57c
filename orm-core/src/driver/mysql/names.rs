//! The names in the messages of MySQL and MariaDB. A name may hold anything, so each message is read by its whole format: see
//! [`texts`].

use super::texts;
use crate::error::{ErrorKind, IntegrityKind};

/// A violation of a constraint, as far as the message names it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) constraint: Option<String>,
    pub(super) table: Option<String>,
    pub(super) columns: Vec<String>,
}

impl Named {
    pub(super) fn of(self, kind: IntegrityKind) -> ErrorKind {
        let Self { constraint, table, columns } = self;
        ErrorKind::Integrity { kind, constraint, table, columns }
    }
}

/// A key that has a value already. The value may say anything, so the last words count. `qualified`: whether the table stands in
/// front of the key's name.
pub(super) fn unique(message: &str, qualified: bool) -> Named {
    let Some((_, name)) = message.rsplit_once(texts::KEY) else { return Named::default() };
    let name = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')).unwrap_or(name);
    match name.split_once('.').filter(|_| qualified) {
        Some((table, own)) => {
            Named { constraint: Some(own.to_owned()), table: Some(table.to_owned()), ..Named::default() }
        }
        None => Named { constraint: Some(name.to_owned()), ..Named::default() },
    }
}

/// A key of a table that refers to a row whose key is changed, and that has the new value already.
pub(super) fn unique_behind(message: &str) -> Named {
    let [between, end] = texts::DUPLICATE_IN;
    let names = message.rsplit_once(texts::DUPLICATE).and_then(|(_, names)| names.strip_suffix(end));
    let Some((table, key)) = names.and_then(|names| names.split_once(between)) else { return Named::default() };
    Named { constraint: Some(key.to_owned()), table: Some(table.to_owned()), ..Named::default() }
}

/// A foreign key, with as much as the message has room for.
pub(super) fn foreign_key(message: &str) -> Named {
    let mut named = Named::default();
    let Some((_, rest)) = message.split_once(texts::FAILS) else { return named };
    let Some((table, rest)) = qualified(rest) else { return named };
    named.table = Some(table);
    let Some((constraint, rest)) = rest.strip_prefix(texts::CONSTRAINT).and_then(quoted) else { return named };
    named.constraint = Some(constraint);
    named.columns = rest.strip_prefix(texts::FOREIGN_KEY).and_then(list).unwrap_or_default();
    named
}

/// A CHECK of MariaDB.
pub(super) fn check(message: &str) -> Named {
    let Some((constraint, rest)) = message.strip_prefix(texts::CONSTRAINT_FAILED.0).and_then(quoted) else {
        return Named::default();
    };
    // A check written at a column is named `table.column`.
    let table = rest.strip_prefix(texts::CONSTRAINT_FAILED.1).and_then(qualified).map(|(table, _)| table);
    Named { constraint: Some(constraint), table, ..Named::default() }
}

/// The column that a value does not fit: of `… for column `d`.`t`.`c` at row 1`, or `… for column 'c' at row 1`.
pub(super) fn column(message: &str) -> Option<String> {
    let (names, _) = message.rsplit_once(texts::AT_ROW)?;
    if let Some((_, name)) = names.split_once(texts::FOR_COLUMN.1) {
        return name.strip_suffix('\'').filter(|name| !name.contains('`')).map(str::to_owned);
    }
    let (_, names) = names.rsplit_once(texts::FOR_COLUMN.0)?;
    // What an expression gives has its words for a name, with the names of its columns in backticks.
    names.strip_suffix('`')?.rsplit("`.`").next().filter(|name| !name.contains('`')).map(str::to_owned)
}

/// The name between the words of a whole message.
pub(super) fn between(message: &str, (before, behind): (&str, &str)) -> Option<String> {
    message.strip_prefix(before)?.strip_suffix(behind).map(str::to_owned)
}

/// The second of two names, and what follows: "`d`.`t` …".
fn qualified(text: &str) -> Option<(String, &str)> {
    let (_, rest) = quoted(text)?;
    quoted(rest.strip_prefix('.')?)
}

/// The names of "`a`, `b`) …".
fn list(text: &str) -> Option<Vec<String>> {
    let (first, mut rest) = quoted(text)?;
    let mut names = vec![first];
    while let Some(more) = rest.strip_prefix(", ") {
        let (name, after) = quoted(more)?;
        names.push(name);
        rest = after;
    }
    rest.starts_with(')').then_some(names)
}

/// A name in backticks, those in it doubled, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn named(constraint: &str, table: Option<&str>, columns: &[&str]) -> Named {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Named { constraint: Some(constraint.to_owned()), table: table.map(str::to_owned), columns }
    }

    #[test]
    fn constraints_are_named() {
        for (entry, qualified, table, key) in [
            ("'x' for key 'y' for key 'uq'", false, None, "uq"),
            ("'1' for key 'book.PRIMARY'", true, Some("book"), "PRIMARY"),
            ("'1' for key 'it's.odd'", false, None, "it's.odd"),
            ("'1' for key 'book.it's.odd'", true, Some("book"), "it's.odd"),
        ] {
            let found = unique(&format!("Duplicate entry {entry}"), qualified);
            assert_eq!(found, named(key, table, &[]), "{entry}");
        }
        let behind = "Foreign key constraint for table 'a', record 'x' would lead to a duplicate entry in table 'y', key \
                      'z'' would lead to a duplicate entry in table 'it's', key 'k, 'l'";
        assert_eq!(unique_behind(behind), named("k, 'l", Some("it's"), &[]));
        assert_eq!(unique_behind("… would lead to a duplicate entry in a child table"), Named::default());
        let message = "Cannot add or update a child row: a foreign key constraint fails (`d`.`b``.c`, CONSTRAINT `f,\"k` \
                       FOREIGN KEY (`x(mm)`, `y, z```) REFERENCES `a` (`id`, `z`))";
        assert_eq!(foreign_key(message), named("f,\"k", Some("b`.c"), &["x(mm)", "y, z`"]));
        let cut = "Cannot delete or update a parent row: a foreign key constraint fails (`d`.`b`, CONSTRAINT `fk` FOREIGN \
                   KEY (`x`, `y";
        assert_eq!(foreign_key(cut), named("fk", Some("b"), &[]));
        assert_eq!(check("CONSTRAINT `a``b.c` failed for `d`.`t`"), named("a`b.c", Some("t"), &[]));
        assert_eq!(between("Column 'it's' cannot be null", texts::NO_NULL).as_deref(), Some("it's"));
        assert_eq!(between("Spalte 'a' darf nicht NULL sein", texts::NO_NULL), None);
    }

    #[test]
    fn columns_are_named() {
        for (message, found) in [
            ("Incorrect integer value: '…' for column `d`.`t`.`c` at row 1", Some("c")),
            ("Incorrect integer value: '…' for column `d`.`t`.`size(mm)` at row 1", Some("size(mm)")),
            ("Out of range value for column `(temporary)`.`ROUND(`t`.`a` * `t`.`b`, 38)` at row 1", None),
            ("Data too long for column 'c' at row 1", Some("c")),
            ("Data truncated for column 'it's' at row 12", Some("it's")),
            ("Out of range value for column 'for column 'a' at row 3", Some("for column 'a")),
            ("Truncated incorrect DOUBLE value: '…'", None),
        ] {
            assert_eq!(column(message).as_deref(), found, "{message}");
        }
    }
}
