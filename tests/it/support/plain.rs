//! Holds a SQLite file that a test made against what other programs do with it: they have none of our functions.

use rusqlite::{Connection, Result};

/// Opens the file of a URL as any program would, checks it, and goes through every table: by every column in order, and
/// by writing every row as it is, past checks and indexes, without keeping that.
pub(crate) fn is_plain(url: &str) -> Result<(), String> {
    let file = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let file = file.split('?').next().unwrap_or(file);
    let ask = || {
        let connection = Connection::open(file)?;
        let found: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        connection.execute_batch("BEGIN")?;
        for table in
            names(&connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")?
        {
            visit(&connection, &table)?;
        }
        connection.execute_batch("ROLLBACK")?;
        Ok::<_, rusqlite::Error>(found)
    };
    match ask() {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(found),
        Err(error) => Err(error.to_string()),
    }
}

fn visit(connection: &Connection, table: &str) -> Result<()> {
    let table = table.replace('"', "\"\"");
    let columns = format!("SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden = 0");
    let columns: Vec<_> = names(connection, &columns)?.iter().map(|name| name.replace('"', "\"\"")).collect();
    for column in &columns {
        names(connection, &format!("SELECT '' FROM \"{table}\" ORDER BY \"{column}\""))?;
    }
    let same: Vec<_> = columns.iter().map(|column| format!("\"{column}\" = \"{column}\"")).collect();
    connection.execute(&format!("UPDATE \"{table}\" SET {}", same.join(", ")), [])?;
    let all = format!("\"{}\"", columns.join("\", \""));
    connection.execute(&format!("INSERT INTO \"{table}\" ({all}) SELECT {all} FROM \"{table}\" WHERE FALSE"), [])?;
    Ok(())
}

fn names(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
