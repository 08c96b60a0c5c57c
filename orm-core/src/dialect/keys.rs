//! What a database is asked about a foreign key that kept a row, where its error does not tell: the catalogs know those that no
//! model declares, too.

/// The foreign keys to a table of SQLite; bound are its name, and its schema or NULL for where a statement finds it (a key never
/// leads to another schema). One row a column: schema, table and number of the key, its column and the one that it refers to (of
/// a key that names none, the primary key's), what it does on DELETE and on UPDATE, and the text that made the table.
pub(super) const TO_TABLE_SQLITE: &str = "SELECT t.\"schema\", t.\"name\", f.\"id\", f.\"from\", coalesce(f.\"to\", \
    (SELECT \"name\" FROM pragma_table_info(f.\"table\", t.\"schema\") WHERE \"pk\" = f.\"seq\" + 1)), \
    f.\"on_delete\", f.\"on_update\", ifnull((SELECT \"sql\" FROM (SELECT 'main' AS \"in\", \"name\", \"sql\" FROM sqlite_schema \
    UNION ALL SELECT 'temp', \"name\", \"sql\" FROM sqlite_temp_schema) WHERE \"in\" = t.\"schema\" AND \"name\" = t.\"name\"), '') \
    FROM pragma_table_list AS t, pragma_foreign_key_list(t.\"name\", t.\"schema\") AS f \
    WHERE f.\"table\" = ?1 COLLATE NOCASE AND t.\"schema\" = coalesce(?2, (SELECT \"schema\" FROM pragma_table_list(?1) \
    ORDER BY \"schema\" = 'temp' DESC, \"schema\" = 'main' DESC LIMIT 1)) \
    ORDER BY t.\"name\", f.\"id\", f.\"seq\"";

/// The columns of a foreign key by its name and its table's. Of tables of one name in several schemas only if theirs are the same.
pub(super) const COLUMNS_POSTGRES: &str = "SELECT DISTINCT k.\"place\", a.\"attname\"::text FROM pg_constraint AS c \
    JOIN pg_class AS t ON t.\"oid\" = c.\"conrelid\" \
    CROSS JOIN LATERAL unnest(c.\"conkey\") WITH ORDINALITY AS k (\"number\", \"place\") \
    JOIN pg_attribute AS a ON a.\"attrelid\" = t.\"oid\" AND a.\"attnum\" = k.\"number\" \
    WHERE c.\"contype\" = 'f' AND c.\"conname\" = $1 AND t.\"relname\" = $2 ORDER BY k.\"place\"";

/// The same on MySQL and MariaDB, in the database of the connection.
pub(super) const COLUMNS_MYSQL: &str = "SELECT CAST(`ORDINAL_POSITION` AS SIGNED), `COLUMN_NAME` FROM \
    `information_schema`.`KEY_COLUMN_USAGE` WHERE `CONSTRAINT_SCHEMA` = DATABASE() AND `REFERENCED_TABLE_NAME` IS NOT NULL \
    AND `CONSTRAINT_NAME` = ? AND `TABLE_NAME` = ? ORDER BY `ORDINAL_POSITION`";

/// The columns of a UNIQUE by the names of its index and table, in the database of the connection. Of a table with triggers none:
/// the error may be of a row that they wrote, in another table with an index of that name.
pub(super) const UNIQUE_MYSQL: &str = "SELECT CAST(`SEQ_IN_INDEX` AS SIGNED), `COLUMN_NAME` FROM \
    `information_schema`.`STATISTICS` AS `s` WHERE `TABLE_SCHEMA` = DATABASE() AND `NON_UNIQUE` = 0 AND `INDEX_NAME` = ? \
    AND `TABLE_NAME` = ? AND NOT EXISTS (SELECT 1 FROM `information_schema`.`TRIGGERS` AS `t` \
    WHERE `t`.`EVENT_OBJECT_SCHEMA` = `s`.`TABLE_SCHEMA` AND `t`.`EVENT_OBJECT_TABLE` = `s`.`TABLE_NAME`) \
    ORDER BY `SEQ_IN_INDEX`";
