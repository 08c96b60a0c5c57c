//! What a database says of tables that are there, so that they can be held against their models.

use crate::error::{Error, ErrorKind};

/// How a database tells of tables that exist.
#[derive(Debug)]
pub(crate) struct Existing {
    /// Asks for the columns of a table: name, type and whether it may be NULL. The schema or NULL and the name of the table are
    /// bound. No rows: there is no such table.
    pub(crate) columns: &'static str,
    /// The type that `columns` tells of a column that was made with this one.
    pub(crate) told: fn(&str) -> String,
    /// Stand before and behind the statements that make tables, so that two programs do not make them at once, where they are
    /// no transaction.
    pub(crate) lock: Option<(&'static str, &'static str)>,
    /// Whether an error is that a table exists.
    pub(crate) is_there: fn(&Error) -> bool,
}

pub(super) const SQLITE: Existing = Existing {
    // Of a type only the affinity matters.
    columns: "SELECT \"name\", CASE WHEN \"type\" LIKE '%INT%' THEN 'integer' \
        WHEN \"type\" LIKE '%CHAR%' OR \"type\" LIKE '%CLOB%' OR \"type\" LIKE '%TEXT%' THEN 'text' \
        WHEN \"type\" LIKE '%BLOB%' OR \"type\" = '' THEN 'blob' \
        WHEN \"type\" LIKE '%REAL%' OR \"type\" LIKE '%FLOA%' OR \"type\" LIKE '%DOUB%' THEN 'real' \
        ELSE lower(\"type\") END, NOT \"notnull\" FROM pragma_table_xinfo(?2)",
    told: uncollated,
    lock: None,
    is_there: |error| has_message(error, "already exists"),
};

pub(super) const POSTGRES: Existing = Existing {
    columns: "SELECT CAST(attname AS TEXT), format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute \
        WHERE attrelid = to_regclass(COALESCE(quote_ident($1) || '.', '') || quote_ident($2)) AND attnum > 0 \
        AND NOT attisdropped",
    told: |name| {
        let name = uncollated(name).replace(", ", ",");
        match name.as_str() {
            "time" => "time without time zone".to_owned(),
            "timestamp" => "timestamp without time zone".to_owned(),
            "timestamptz" => "timestamp with time zone".to_owned(),
            _ => name.replace("varchar(", "character varying("),
        }
    },
    lock: None,
    is_there: |error| has_code(error, "42P07"),
};

pub(super) const MYSQL: Existing = Existing {
    columns: "SELECT column_name, CASE WHEN data_type LIKE '%int' THEN data_type ELSE column_type END, \
        is_nullable = 'YES' FROM information_schema.columns \
        WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?",
    told: |name| {
        let name = uncollated(name).replace(", ", ",");
        let integer = name.split_once('(').map(|(base, _)| base).filter(|base| base.ends_with("int"));
        integer.map_or(name.clone(), str::to_owned)
    },
    lock: Some((
        "DO GET_LOCK(CONCAT('dormouse tables ', MD5(COALESCE(DATABASE(), ''))), 60)",
        "DO RELEASE_LOCK(CONCAT('dormouse tables ', MD5(COALESCE(DATABASE(), ''))))",
    )),
    is_there: |error| has_code(error, "1050") || has_code(error, "42S01"),
};

/// MariaDB has no type for documents of its own.
pub(super) const MARIADB: Existing =
    Existing { told: |name| if name == "JSON" { "longtext".to_owned() } else { (MYSQL.told)(name) }, ..MYSQL };

/// A type without its character set and collation, in small letters.
fn uncollated(name: &str) -> String {
    let end = [" CHARACTER SET ", " COLLATE "].iter().filter_map(|word| name.find(word)).min();
    name.split_at(end.unwrap_or(name.len())).0.to_lowercase()
}

fn has_code(error: &Error, expected: &str) -> bool {
    matches!(error.kind(), ErrorKind::Database { code: Some(code), .. } if code == expected)
}

fn has_message(error: &Error, expected: &str) -> bool {
    matches!(error.kind(), ErrorKind::Database { message, .. } if message.contains(expected))
}
