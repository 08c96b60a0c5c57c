//! DELETE.

use super::writer::Writer;
use crate::dialect::{Dialect, OldRows};
use crate::error::Result;
use crate::planner::{Rows, changes_its_condition};
use crate::query::Delete;
use crate::statement::{Intent, Statement};

/// The statement of a DELETE; `None` if it is known to concern no row.
pub fn delete(delete: &Delete, dialect: &Dialect) -> Result<Option<Statement>> {
    let Some(rows) = Rows::of(delete.model, &delete.condition, &[])? else { return Ok(None) };
    let mut writer = Writer::new(dialect);
    if dialect.features().old_rows == OldRows::Joined && changes_its_condition(delete.model, &delete.condition) {
        writer.delete_old_rows(&rows)?;
    } else {
        writer.push("DELETE FROM ");
        writer.table(delete.model);
        writer.rows_of(&rows)?;
    }
    writer.finish(Intent::Write).map(Some)
}

impl Writer<'_> {
    /// A DELETE that changes other rows of its table before it has judged them all: by keys that are all chosen before.
    fn delete_old_rows(&mut self, rows: &Rows<'_>) -> Result<()> {
        let table = rows.joins.root();
        self.push("DELETE ");
        self.table(table);
        self.push(" FROM ");
        self.table(table);
        self.push(" INNER JOIN ");
        self.old_rows(rows, &rows.joins, &[])?;
        self.push(" ON ");
        self.same_key(&rows.joins)
    }
}
