//! DELETE.

use super::writer::Writer;
use crate::ast::Delete;
use crate::dialect::{Dialect, OldRows};
use crate::error::Result;
use crate::planner::{Rows, changes_its_condition};
use crate::statement::{Intent, Statement};

/// The statement of a DELETE; `None` if it is known to concern no row.
pub fn delete(delete: &Delete, dialect: &Dialect) -> Result<Option<Statement>> {
    let Some(rows) = Rows::of(delete.model, &delete.condition, &[])? else { return Ok(None) };
    let mut writer = Writer::new(dialect);
    let joined = dialect.features().old_rows == OldRows::Joined;
    let chosen_first = joined && changes_its_condition(delete.model, &delete.condition);
    if !chosen_first {
        writer.push("DELETE FROM ");
        writer.table(delete.model);
        writer.rows_of(&rows)?;
    }
    if chosen_first || writer.reads_list_for_each_row() {
        writer = Writer::new(dialect);
        writer.delete_old_rows(&rows)?;
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
