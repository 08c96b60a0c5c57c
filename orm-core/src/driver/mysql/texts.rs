//! The words of MySQL and MariaDB that decide or name something here, where their numbers do not. They are the formats of
//! `errmsg-utf8.txt` (<https://github.com/MariaDB/server/blob/main/sql/share/errmsg-utf8.txt>) and `messages_to_clients.txt`
//! (<https://github.com/mysql/mysql-server/blob/trunk/share/messages_to_clients.txt>); names and values stand where they have a `%`.
//!
//! A server may have another language, so each connection is set to English by `lc_messages`
//! (`driver/mysql.rs`). A name that is not found all the same leaves its field empty, and the model tells it.

/// `ER_WARN_DATA_OUT_OF_RANGE` (1264) of a cast: "Out of range value for column '%-.192s' at row %lu", where there is no column.
pub(super) const NO_COLUMN: &str = "'(null)'";

/// `ER_DATA_OUT_OF_RANGE` (1690): "%s value is out of range in '%s'", where the expression is one that the dialect makes to refuse a
/// document (`dialect/mysql/documents.rs`): the expression is ours, and the server only writes it in small letters.
pub(super) const DOCUMENT_TRIED: &str = "json_valid(";

/// Behind the words of a value that is not read (`statement/told.rs`) and its column, in the expression that the server names.
pub(super) const END_OF_TOLD: &str = "')) + ";

/// `ER_DUP_ENTRY` (1062): "Duplicate entry '%-.192sT' for key '%-.192s'".
pub(super) const KEY: &str = " for key ";

/// `ER_BAD_NULL_ERROR` (1048): "Column '%-.192s' cannot be null".
pub(super) const NO_NULL: (&str, &str) = ("Column '", "' cannot be null");

/// `ER_NO_DEFAULT_FOR_FIELD` (1364): "Field '%-.192s' doesn't have a default value".
pub(super) const NO_DEFAULT: (&str, &str) = ("Field '", "' doesn't have a default value");

/// `ER_CHECK_CONSTRAINT_VIOLATED` of MySQL (3819): "Check constraint '%-.192s' is violated."
pub(super) const CHECK: (&str, &str) = ("Check constraint '", "' is violated.");

/// `ER_CONSTRAINT_FAILED` of MariaDB (4025): "CONSTRAINT %`s failed for %`-.192s.%`-.192s".
pub(super) const CONSTRAINT_FAILED: (&str, &str) = ("CONSTRAINT ", " failed for ");

/// `ER_FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO` (1761): "Foreign key constraint for table '%.192s', record '%-.192s' would lead to a
/// duplicate entry in table '%.192s', key '%.192s'". (1762 ends in "in a child table".)
pub(super) const DUPLICATE: &str = "' would lead to a duplicate entry in table '";
/// Between the two names, and behind the second.
pub(super) const DUPLICATE_IN: [&str; 2] = ["', key '", "'"];

/// `ER_NO_REFERENCED_ROW_2` and `ER_ROW_IS_REFERENCED_2` (1452, 1451): "… a foreign key constraint fails (%s)", where the rest is
/// "`d`.`book`, CONSTRAINT `fk` FOREIGN KEY (`author_id`) REFERENCES …" (InnoDB, `dict_print_info_on_foreign_key_in_create_format`).
/// A message ends after 511 bytes, so that of long names the last are missing.
pub(super) const FAILS: &str = "constraint fails (";
/// Between the table and the constraint.
pub(super) const CONSTRAINT: &str = ", CONSTRAINT ";
/// Between the constraint and its columns.
pub(super) const FOREIGN_KEY: &str = " FOREIGN KEY (";

/// `ER_TRUNCATED_WRONG_VALUE_FOR_FIELD` (1366): "Incorrect %-.32s value: '%-.128sT' for column `%.192s`.`%.192s`.`%.192s` at row %lu";
/// `ER_WARN_DATA_OUT_OF_RANGE`, `WARN_DATA_TRUNCATED` and `ER_DATA_TOO_LONG` (1264, 1265, 1406): "… for column '%s' at row %lu".
pub(super) const FOR_COLUMN: (&str, &str) = (" for column `", " for column '");
/// Behind both.
pub(super) const AT_ROW: &str = " at row ";

/// What stands before a value or an expression in the messages that quote one, and what may follow it.
pub(super) const QUOTED: [(&str, &str); 9] = [
    (" value: '", "' for "),
    ("Truncated value '", "' when "),
    ("String '", "' is too long"),
    ("' character 0x", " to "),
    (" is out of range in '", "' for "),
    (" when converting '", "' to "),
    (" illegal value '", "' when "),
    (" character string: '", "' for "),
    ("Illegal double '", "' value found "),
];

/// Of the client, which compares the numbers of values and placeholders itself and has one kind of error for all that the protocol
/// does not allow (sqlx-mysql, connection/executor.rs): "prepared statement expected {} parameters but {} parameters were
/// provided".
pub(super) const PLACEHOLDERS: &str = "prepared statement expected ";
