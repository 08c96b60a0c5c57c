//! DELETE.

use super::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::planner::{Choice, Chosen};
use crate::statement::{Intent, Statement};

/// The statement of a DELETE.
///
/// # Errors
/// What the database cannot say, and what is too long.
pub fn delete(rows: &Chosen<'_>, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::new(dialect);
    if rows.by != Choice::Condition {
        writer.delete_old_rows(rows)?;
        return writer.finish(Intent::Write);
    }
    writer.push("DELETE FROM ");
    writer.table(rows.joins.root().model);
    writer.where_(&rows.condition)?;
    writer.finish(Intent::Write)
}

impl Writer<'_> {
    /// A DELETE that changes other rows of its table before it has judged them all: by keys that are all chosen before.
    fn delete_old_rows(&mut self, rows: &Chosen<'_>) -> Result<()> {
        let table = rows.joins.root().model;
        self.push("DELETE ");
        self.table(table);
        self.push(" FROM ");
        self.table(table);
        self.push(" INNER JOIN ");
        self.old_rows(rows, &[])?;
        self.push(" ON ");
        self.same_key(&rows.joins)
    }
}
