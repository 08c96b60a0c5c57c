//! Texts of PostgreSQL's own types: what a column of each keeps of them.

use crate::dialect::facts::ColumnFacts;

/// How many bytes a text of a type has at most that cuts what is longer.
pub(super) fn most_bytes(base: &str) -> Option<usize> {
    match base {
        "name" => Some(63),
        "char" => Some(1),
        _ => None,
    }
}

/// What a text would have to be so that such a column keeps it.
pub(super) fn changes(text: &str, column: &ColumnFacts) -> Option<String> {
    if column.base == "bpchar" && text.ends_with(' ') {
        return Some("no blank at the end is allowed".to_owned());
    }
    match most_bytes(&column.base)? {
        1 if text.len() != 1 => Some("exactly one character of ASCII is allowed".to_owned()),
        most if text.len() > most => Some(format!("at most {most} bytes are allowed")),
        _ => None,
    }
}

/// A text of so many characters: blanks past them would be cut off, with a dot behind them they are refused.
pub(super) fn with_its_blanks(most: i64) -> String {
    format!("({{0}} || CASE WHEN CHAR_LENGTH({{0}}) > {most} THEN '.' ELSE '' END)")
}
