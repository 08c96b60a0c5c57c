//! Errors that several databases have.

use crate::error::{ErrorKind, IntegrityKind, RangeLimit};
use crate::statement::{TOLD, no_null};

/// The error of a message with the words that a statement has a server say of a value that is not read; what the server writes
/// behind the column's name starts with `end`.
pub(super) fn unread(message: &str, end: &str) -> Option<ErrorKind> {
    let column_behind = |words: &str| {
        let (_, rest) = message.split_once(words)?;
        Some(rest.rsplit_once(end).map_or(rest, |(column, _)| column))
    };
    if let Some(column) = column_behind(no_null!()) {
        let columns = vec![column.to_owned()];
        return Some(ErrorKind::Integrity { kind: IntegrityKind::NotNull, constraint: None, table: None, columns });
    }
    TOLD.iter().find_map(|(words, what)| {
        let column = column_behind(words)?;
        let reason = format!("column `{column}`: {what}");
        Some(ErrorKind::OutOfRange { of: RangeLimit::Stored, column: Some(column.to_owned()), reason })
    })
}

/// A row of the table was to be numbered by the database, and there is no greater number.
pub(crate) fn keys_used_up(table: &str) -> ErrorKind {
    let reason = format!(
        "the automatic keys of {table} are used up, as there is a row with the greatest that its column takes; give new rows \
         keys of your own, or use a wider type for the key"
    );
    ErrorKind::past(RangeLimit::Keys, reason)
}

/// A database could not compute or store a number; `said`: in its own words, where they tell more; `column`: the
/// one that it names.
pub(super) fn past_range(of: RangeLimit, said: Option<&str>, column: Option<String>) -> ErrorKind {
    let said = said.map(|said| format!(" ({said})")).unwrap_or_default();
    let reason = format!(
        "a number is past what its column, or the 64 bits that expressions are computed in, can hold; use a wider type, or \
         change the expression{said}"
    );
    ErrorKind::OutOfRange { of, column, reason }
}

/// A database cannot compare a document, which `is` as follows.
pub(super) fn unfit_document(is: &str) -> ErrorKind {
    ErrorKind::past(RangeLimit::Document, format!("a document of a JSON field {is}"))
}

/// What a driver calls the table: it knows no models.
pub(super) const A_TABLE: &str = "a table";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_is_found_in_the_message_of_a_server() {
        let reason = |message: &str, end: &str| match unread(message, end) {
            Some(ErrorKind::OutOfRange { reason, .. }) => reason,
            other => format!("{other:?}"),
        };
        let whole = "column `n`: expected an integer, found a number that is not whole";
        let message = "invalid input syntax for type bigint: \"2.5 is no whole number in n\"";
        assert_eq!(reason(message, "\""), whole);
        let message =
            "BIGINT value is out of range in 'octet_length(concat(`d`.`t`.`n`,' is no whole number in n')) + 9'";
        assert_eq!(reason(message, "')) + "), whole);
        assert!(reason("BIGINT value is out of range in '1 + 2'", "')) + ").starts_with("None"));
        assert!(reason("\"1 is between two floats in a`b\"c\"", "\"").starts_with("column `a`b\"c`: expected a float"));
    }
}
