//! DELETE.

use super::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::planner::Rows;
use crate::query::Delete;
use crate::statement::{Intent, Statement};

/// The statement of a DELETE; `None` if it is known to concern no row.
pub fn delete(delete: &Delete, dialect: &Dialect) -> Result<Option<Statement>> {
    let Some(rows) = Rows::of(delete.model, &delete.condition, &[])? else { return Ok(None) };
    let mut writer = Writer::new(dialect);
    writer.push("DELETE FROM ");
    writer.identifier(delete.model.table);
    writer.rows_of(&rows)?;
    writer.finish(Intent::Write).map(Some)
}
