//! JSON in columns of others, which keep any text. What is not read there is told from what is: a sum that the server cannot
//! compute, with the name of a function in it by which the driver knows the error.

use super::edition::MARIADB_NAME;

/// A string of JSON. MariaDB takes a backslash before any character for an escape.
macro_rules! string {
    () => {
        r#""(?:[^"\\\\]++|\\\\["\\\\/bfnrtu])*+""#
    };
}

/// A number that a float may have: a zero, or up to 309 digits before the point, not too many zeros behind it, and an exponent
/// from -349 to 308. MariaDB takes one that ends in a point, and any exponent.
macro_rules! number {
    () => {
        concat!(
            r"-?+(?:0(?:\\.0++)?+(?:[eE][-+]?+[0-9]++)?+|(?:0(?!\\.0{{}345})|[1-9][0-9]{{}0,308}+)(?:\\.[0-9]++)?+",
            r"(?:[eE](?:\\+?+0*(?:[0-9]{{}1,2}|[12][0-9]{{}2}|30[0-8])|-0*(?:[0-9]{{}1,2}|[12][0-9]{{}2}|3[0-4][0-9])))?)",
            r"(?![-+.0-9eE])"
        )
    };
}

/// Whether a text is not read as JSON: one that the server takes for none, or in which a string or number begins that is none.
/// Where a text of megabytes takes too many steps, what the server takes for JSON counts as read.
macro_rules! mariadb {
    () => {
        concat!(
            r#"JSON_VALID({0}) = 0 OR {0} REGEXP '(?-i)(?:"#,
            string!(),
            "|",
            number!(),
            r#")(*SKIP)(*FAIL)|["0-9-]'"#
        )
    };
}

macro_rules! unless {
    ($unread:expr, $then:literal) => {
        concat!("IF(", $unread, ", 9223372036854775807 + (JSON_VALID({0}) <= 1), ", $then, ")")
    };
}

/// The condition that fails unless a text is read.
pub(super) fn is_read(server: &str) -> &'static str {
    if server == MARIADB_NAME { unless!(mariadb!(), "TRUE") } else { unless!("JSON_VALID({0}) = 0", "TRUE") }
}

/// The text itself, with the same error.
pub(super) fn read(server: &str) -> &'static str {
    if server == MARIADB_NAME { unless!(mariadb!(), "{0}") } else { unless!("JSON_VALID({0}) = 0", "{0}") }
}
