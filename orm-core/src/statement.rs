//! What the compiler hands to a driver, and all that they share.

mod told;

use std::sync::Arc;

pub(crate) use self::told::{TOLD, no_day, no_decimal, no_float, no_null, no_time_of_day, not_whole};
use crate::value::Value;

/// One SQL statement with its bound values, ready to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text, with the placeholders of its database (`?` or `$1`). Shared, so that drivers can key caches by it.
    pub sql: Arc<str>,
    /// The bound values, in the order of the placeholders.
    pub binds: Vec<Value>,
    /// What it does, which decides where it may run.
    pub intent: Intent,
    /// Whether the text is worth keeping prepared: false for texts that grow with their data.
    pub persistent: bool,
    /// Whether its texts take the types of the columns beside them: the columns of a table of others may be of other types
    /// that are written as texts.
    pub untyped_texts: bool,
}

impl Statement {
    /// A persistent statement.
    pub fn new(sql: impl Into<Arc<str>>, binds: Vec<Value>, intent: Intent) -> Self {
        Self { sql: sql.into(), binds, intent, persistent: true, untyped_texts: false }
    }

    /// A statement that changes the schema: no binds, never kept prepared.
    pub fn schema(sql: impl Into<Arc<str>>) -> Self {
        Self { persistent: false, ..Self::new(sql, Vec::new(), Intent::Schema) }
    }
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Reads only: may run on any connection, and again if the connection was dead before the first byte.
    Read,
    /// Changes rows, with or without RETURNING.
    Write,
    /// Changes the schema.
    Schema,
}

/// What a statement without rows did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// How many rows it matched (not only those whose values really changed).
    pub rows_affected: u64,
    /// The automatic key of the row it inserted, where the database tells it.
    pub last_insert_id: Option<i64>,
}
