//! UPDATE.

use super::stored::{Given, Sample};
use super::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::planner::{Assigned, Change, Choice, Chosen, Expr, Joins, Table};
use crate::statement::{Intent, Statement};

/// The statement of an UPDATE.
///
/// # Errors
/// What the database cannot say, `Validation` for a value that its column cannot hold, and what is too long.
pub fn update(change: &Change<'_>, dialect: &Dialect) -> Result<Statement> {
    let model = change.rows.joins.root().model;
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE");
    writer.conflicts_fail(model);
    writer.push(" ");
    writer.table(model);
    match change.rows.by {
        Choice::Condition => writer.update_by_condition(change)?,
        Choice::From => writer.update_from(&change.rows, &change.assignments)?,
        Choice::Joined => writer.update_joined(&change.rows, &change.assignments)?,
    }
    writer.numbered_on(" RETURNING ", model, change.numbered)?;
    writer.finish(Intent::Write)
}

impl Writer<'_> {
    fn update_by_condition(&mut self, change: &Change<'_>) -> Result<()> {
        let model = change.rows.joins.root().model;
        self.push(" SET ");
        self.separated(&change.assignments, ", ", |writer, (field, node)| {
            writer.identifier(field.column);
            writer.push(" = ");
            match node {
                Expr::Value(value) => writer.stored(value, field, model, Sample::Row),
                node => writer.guarded(model, field, Given::Expression, |writer| writer.assigned(node, field, model)),
            }
        })?;
        self.where_(&change.rows.condition)
    }

    fn update_from(&mut self, rows: &Chosen<'_>, given: &[Assigned<'_>]) -> Result<()> {
        self.push(" SET ");
        self.assigned_from_old_rows(rows, given)?;
        self.push(" FROM ");
        self.old_rows(rows, given)?;
        self.push(" WHERE ");
        self.same_key(&rows.joins)
    }

    fn update_joined(&mut self, rows: &Chosen<'_>, given: &[Assigned<'_>]) -> Result<()> {
        self.push(" INNER JOIN ");
        self.old_rows(rows, given)?;
        self.push(" ON ");
        self.same_key(&rows.joins)?;
        self.push(" SET ");
        self.assigned_from_old_rows(rows, given)
    }

    /// The keys of the rows, and what their columns become.
    pub(super) fn old_rows(&mut self, rows: &Chosen<'_>, given: &[Assigned<'_>]) -> Result<()> {
        let joins = &rows.joins;
        self.push("(SELECT ");
        self.separated(joins.root().keys().enumerate(), ", ", |writer, (index, column)| {
            writer.column(column);
            writer.push(" AS ");
            writer.identifier(&format!("k{index}"));
            Ok(())
        })?;
        for (index, (field, node)) in given.iter().enumerate().filter(|(_, (_, node))| node.as_value().is_none()) {
            self.push(", ");
            self.assigned(node, field, joins.root().model)?;
            self.push(" AS ");
            self.identifier(&format!("c{index}"));
        }
        self.from(joins)?;
        self.where_(&rows.condition)?;
        // A subquery with a limit is never merged into the statement around it.
        if let Some(all) = self.features().no_limit {
            self.push(" LIMIT ");
            self.push(all);
        }
        self.push(") AS ");
        self.old_rows_table(joins);
        Ok(())
    }

    fn assigned_from_old_rows(&mut self, rows: &Chosen<'_>, given: &[Assigned<'_>]) -> Result<()> {
        let (joins, qualified) = (&rows.joins, rows.by == Choice::Joined);
        self.separated(given.iter().enumerate(), ", ", |writer, (index, (field, node))| {
            let model = joins.root().model;
            if qualified {
                writer.root_column(model, field);
            } else {
                writer.identifier(field.column);
            }
            writer.push(" = ");
            match node {
                Expr::Value(value) => writer.stored(value, field, model, Sample::Row),
                _ => writer.guarded(model, field, Given::Expression, |writer| writer.write_old(joins, index)),
            }
        })
    }

    pub(super) fn same_key(&mut self, joins: &Joins) -> Result<()> {
        self.separated(joins.root().keys().enumerate(), " AND ", |writer, (index, column)| {
            writer.old_rows_column(joins, &format!("k{index}"));
            writer.push(" = ");
            writer.column(column);
            Ok(())
        })
    }

    fn write_old(&mut self, joins: &Joins, index: usize) -> Result<()> {
        self.old_rows_column(joins, &format!("c{index}"));
        Ok(())
    }

    fn old_rows_column(&mut self, joins: &Joins, name: &str) {
        self.old_rows_table(joins);
        self.push(".");
        self.identifier(name);
    }

    /// The name before those of the joins, which is no name of a table here either.
    fn old_rows_table(&mut self, joins: &Joins) {
        self.table_name(Table { name: joins.free_name(), ..joins.root() });
    }
}
