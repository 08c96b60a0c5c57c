//! What a statement is called, as a comment at its end by the rules of sqlcommenter: `/*tag='book%20list'*/`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::statement::Statement;

/// All but the characters that a URL never encodes: what could end the comment or the quotes is among them.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The statement with its tag behind it; as it is, if it has none.
pub fn tagged(statement: Statement, tag: Option<&'static str>) -> Statement {
    let Some(tag) = tag else { return statement };
    let sql = format!("{} /*tag='{}'*/", statement.sql, utf8_percent_encode(tag, ENCODED));
    Statement { sql: sql.into(), ..statement }
}
