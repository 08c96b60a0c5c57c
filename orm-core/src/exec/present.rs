//! Whether there are rows, asked where an error of the database is explained.

use std::sync::Arc;

use super::compile;
use super::database::Database;
use crate::ast::Select;
use crate::error::Result;
use crate::row::{Decoder, RowReader, Shape};

/// Tells whether a query has any rows, for the sake of an error's message.
pub(super) async fn any_row(database: &Database, query: Select) -> Result<bool> {
    let Some(statement) = database.written(|dialect| compile::exists(&query, dialect)).await? else {
        return Ok(false);
    };
    let found = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| row.read::<i64>(), Arc::default());
    Ok(!database.look_up(statement, found).await?.is_empty())
}
