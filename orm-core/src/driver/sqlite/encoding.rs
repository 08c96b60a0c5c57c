//! The encoding of the texts of a file.

use rusqlite::Connection;

use super::options::SqliteOptions;
use crate::error::{Error, Result};

/// Refuses a file whose texts are in UTF-16: SQLite compares their bytes, by which they are in another order than that of code
/// points, and an order, a range or a delete by a range would take other rows.
pub(super) fn check(connection: &Connection, options: &SqliteOptions) -> Result<()> {
    let asked = connection.pragma_query_value(None, "encoding", |row| row.get::<_, String>(0));
    match asked {
        // An error comes again, with its reason, when the file is used.
        Ok(encoding) if encoding.starts_with("UTF-16") => Err(Error::configuration(format!(
            "the texts of file `{options}` are in {encoding}, where SQLite orders them by bytes and not by code point; copy it into \
             a new file, which is in UTF-8: `sqlite3 old.db .dump | sqlite3 new.db`"
        ))),
        _ => Ok(()),
    }
}
