//! The two editions: what they can do, and where their words differ.

use crate::dialect::features::{Comments, Features, OldRows, Placeholder, RowLocks};
use crate::dialect::words::Test;

pub(in crate::dialect) const MYSQL_NAME: &str = "MySQL";
pub(in crate::dialect) const MARIADB_NAME: &str = "MariaDB";

pub(in crate::dialect) static MYSQL_FEATURES: Features = Features {
    quote: '`',
    placeholder: Placeholder::Question,
    max_binds: 65_535,
    returning: false,
    stores_as_given: false,
    typed_parameters: false,
    array_parameters: false,
    lists_hold_nul: true,
    nulls_order: false,
    no_limit: Some("18446744073709551615"),
    binds_limit: true,
    aggregate_filter: false,
    reads_target: false,
    limit_in_subquery: false,
    outer_in_from: false,
    prefix_ranges: false,
    old_values: false,
    old_rows: OldRows::Joined,
    conflicts_fail: "",
    default_row: "() VALUES ()",
    default_word: "DEFAULT",
    schemas: true,
    decimals_as_text: false,
    transactional_ddl: false,
    alter_constraints: true,
    deferrable_keys: "",
    deferrable_uniques: false,
    set_default: false,
    checks_on_auto: false,
    checks_on_set_null: false,
    drop_foreign_key: "DROP FOREIGN KEY",
    partial_indexes: false,
    expression_indexes: true,
    index_options: false,
    virtual_columns: true,
    auto_is_key: false,
    comments: Comments::Inline,
    row_locks: Some(RowLocks { no_key: false, of: true }),
};

/// Connections run with `SIMULTANEOUS_ASSIGNMENT`, so an UPDATE sees the old row.
pub(in crate::dialect) static MARIADB_FEATURES: Features = Features {
    returning: true,
    old_values: true,
    expression_indexes: false,
    row_locks: Some(RowLocks { no_key: false, of: false }),
    ..MYSQL_FEATURES
};

/// One of the two editions. Both collations compare code point by code point and do not pad with spaces.
#[derive(Debug)]
pub(in crate::dialect) struct Mysql {
    pub(super) name: &'static str,
    pub(super) table_options: &'static str,
    pub(super) text: &'static str,
    pub(super) collation: &'static str,
    pub(super) json_equal: Test,
    pub(super) json_differs: Test,
    pub(super) document: &'static str,
    pub(super) like: [Test; 7],
}

macro_rules! edition {
    ($name:expr, $collation:literal, $document:literal, $json_equal:expr, $json_differs:expr) => {
        Mysql {
            name: $name,
            table_options: concat!(" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=", $collation),
            text: concat!(" CHARACTER SET utf8mb4 COLLATE ", $collation),
            document: $document,
            json_equal: $json_equal,
            collation: $collation,
            json_differs: $json_differs,
            like: [
                like!($collation, "{0}", unicode!("{1}"), true, true),
                like!($collation, "{0}", unicode!("{1}"), false, true),
                like!($collation, "{0}", unicode!("{1}"), true, false),
                like!($collation, lower!("{0}"), lower!("{1}"), true, true),
                like!($collation, lower!("{0}"), lower!("{1}"), false, true),
                like!($collation, lower!("{0}"), lower!("{1}"), true, false),
                Test::plain(
                    concat!(lower!("{0}"), " = ", lower!("{1}"), " COLLATE ", $collation),
                    concat!(lower!("{0}"), " <> ", lower!("{1}"), " COLLATE ", $collation),
                ),
            ],
        }
    };
}

/// A text whatever character set it comes in.
macro_rules! unicode {
    ($text:literal) => {
        concat!("CONVERT(", $text, " USING utf8mb4)")
    };
}

pub(super) use unicode;

/// The lower case of a text, not as its own character set has it.
macro_rules! lower {
    ($text:literal) => {
        concat!("LOWER(", unicode!($text), ")")
    };
}

macro_rules! like {
    ($collation:literal, $left:expr, $right:expr, $before:literal, $after:literal) => {
        Test::like(
            concat!($left, " LIKE ", $right, " COLLATE ", $collation, " ESCAPE '!'"),
            concat!($left, " NOT LIKE ", $right, " COLLATE ", $collation, " ESCAPE '!'"),
            $before,
            $after,
        )
    };
}

pub(in crate::dialect) static MYSQL: Mysql = edition!(
    MYSQL_NAME,
    "utf8mb4_0900_bin",
    "{0}",
    Test::plain("{0} = CAST({1} AS JSON)", "{0} <> CAST({1} AS JSON)"),
    Test::plain("{0} <> CAST({1} AS JSON)", "{0} = CAST({1} AS JSON)")
);

/// JSON_EQUALS keeps rows with NULL, and finds a difference where there is none 31 objects deep. A text that is no document
/// has no normal form and is equal to none. A document that ends in an exponent needs something behind it: JSON_NORMALIZE
/// reads on into what the row before left there.
pub(in crate::dialect) static MARIADB: Mysql = edition!(
    MARIADB_NAME,
    "utf8mb4_nopad_bin",
    "JSON_NORMALIZE(CONCAT({0}, ' '))",
    Test::plain(
        "JSON_NORMALIZE(CONCAT({0}, ' ')) = JSON_NORMALIZE(CONCAT({1}, ' '))",
        "(JSON_NORMALIZE(CONCAT({0}, ' ')) = JSON_NORMALIZE(CONCAT({1}, ' '))) IS NOT TRUE"
    ),
    Test::plain(
        "JSON_NORMALIZE(CONCAT({0}, ' ')) <> JSON_NORMALIZE(CONCAT({1}, ' '))",
        "(JSON_NORMALIZE(CONCAT({0}, ' ')) <> JSON_NORMALIZE(CONCAT({1}, ' '))) IS NOT TRUE"
    )
);
