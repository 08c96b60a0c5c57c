//! What a server is made to say of a value of others that is not read. An expression that fails has these words in it, and
//! behind them the name of the column; they come back in the server's message.

use super::{ErrorKind, RangeLimit};

/// Behind it the column of an integer field whose number has a fraction.
macro_rules! not_whole {
    () => {
        " is no whole number in "
    };
}

/// Behind it the column of a float field whose integer lies between two floats.
macro_rules! no_float {
    () => {
        " is between two floats in "
    };
}

/// Behind it the column of a date or moment field whose value is not read.
macro_rules! no_day {
    () => {
        " is no day that is read in "
    };
}

/// Behind it the column of a time field whose value is not read.
macro_rules! no_time_of_day {
    () => {
        " is no time of day in "
    };
}

/// Behind it the column of a decimal field whose number has too many digits, or is none.
macro_rules! no_decimal {
    () => {
        " is no decimal that is read in "
    };
}

pub(crate) use {no_day, no_decimal, no_float, no_time_of_day, not_whole};

/// What was expected and found behind the words.
const TOLD: [(&str, &str); 5] = [
    (not_whole!(), "expected an integer, found a number that is not whole"),
    (no_float!(), "expected a float, found an integer between two floats"),
    (no_day!(), "expected a day of the years 0 to 9999, found something else"),
    (no_time_of_day!(), "expected a time of day, found one beyond a day or below zero"),
    (no_decimal!(), "expected a decimal of at most 28 digits, found another number"),
];

/// The error of a message with such words; what the server writes behind the name starts with `end`.
pub(crate) fn unread(message: &str, end: &str) -> Option<ErrorKind> {
    TOLD.iter().find_map(|(words, what)| {
        let (_, rest) = message.split_once(words)?;
        let column = rest.rsplit_once(end).map_or(rest, |(column, _)| column);
        let reason = format!("column `{column}`: {what}");
        Some(ErrorKind::OutOfRange { of: RangeLimit::Type, column: Some(column.to_owned()), reason })
    })
}

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
