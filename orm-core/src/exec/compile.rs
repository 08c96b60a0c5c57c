//! A query becomes a statement: it is planned for what the database can do, and then written in its words. Where it is known that
//! no row can be meant, the answer is `None`, and nothing needs to be sent.

use crate::ast::{Condition, Delete, Node, Save, Select, Update};
use crate::compiler::{self, OneRow, WholeRows};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::planner::{self, NewRows, Plan, RowChange};
use crate::statement::{Intent, Statement};

/// The rows of a SELECT.
pub(crate) fn select(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    let rows = WholeRows::of(select, dialect);
    if let Some(statement) = rows.as_ref().and_then(WholeRows::statement) {
        return Ok(Some(statement));
    }
    let statement = written(planner::select(select, dialect)?, select, dialect)?;
    if let (Some(rows), Some(statement)) = (rows, &statement) {
        rows.keep(statement);
    }
    Ok(statement)
}

/// How many rows a SELECT has: one row of one integer. `None`: known to be 0.
pub(crate) fn count(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    written(planner::count(select, dialect)?, select, dialect)
}

/// Whether a SELECT has any row: one row or none.
pub(crate) fn exists(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    written(planner::exists(select, dialect)?, select, dialect)
}

/// The values of aggregates over the rows of a SELECT: one row.
pub(crate) fn aggregate(select: &Select, values: &[Node], dialect: &Dialect) -> Result<Option<Statement>> {
    written(planner::aggregate(select, values, dialect)?, select, dialect)
}

fn written(plan: Option<Plan<'_>>, select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    plan.map(|plan| Ok(compiler::tagged(compiler::select(&plan, dialect)?, select.tag))).transpose()
}

/// Changed columns of rows.
pub(crate) fn update(update: &Update, dialect: &Dialect) -> Result<Option<Statement>> {
    let change = planner::update(update, dialect)?;
    change.map(|change| Ok(compiler::tagged(compiler::update(&change, dialect)?, update.tag))).transpose()
}

/// Deleted rows.
pub(crate) fn delete(delete: &Delete, dialect: &Dialect) -> Result<Option<Statement>> {
    let rows = planner::delete(delete, dialect)?;
    rows.map(|rows| Ok(compiler::tagged(compiler::delete(&rows, dialect)?, delete.tag))).transpose()
}

/// New rows; by a text that is known from another row, if there is one.
pub(crate) fn insert(rows: NewRows, dialect: &Dialect) -> Result<Statement> {
    let one = OneRow::inserted(&rows, dialect);
    if let Some(sql) = one.as_ref().and_then(OneRow::text) {
        return Ok(Statement::new(sql, compiler::bound(rows)?, Intent::Write));
    }
    let statement = new(&rows, dialect)?;
    if let Some(one) = one {
        one.keep(&statement, &compiler::bound(rows)?);
    }
    Ok(statement)
}

/// New rows.
pub(crate) fn new(rows: &NewRows, dialect: &Dialect) -> Result<Statement> {
    compiler::insert(&planner::insert(rows, dialect)?, dialect)
}

/// What is sent for a row that is saved.
#[derive(Debug)]
pub(crate) enum Saved {
    /// It has nothing to write, and this condition on its key: it is looked for.
    Nothing(Condition),
    /// Its statement is known from another row: its table is one of ours.
    Known(Statement),
    /// Its statement is to be written.
    New(RowChange),
}

/// A row that is saved; by a text that is known from another row, if there is one.
pub(crate) fn save(row: Save, dialect: &Dialect) -> Result<Saved> {
    let row = planner::row(row)?;
    if let Some(key) = row.sought() {
        return Ok(Saved::Nothing(key));
    }
    Ok(match OneRow::saved(&row, dialect).as_ref().and_then(OneRow::text) {
        Some(sql) => Saved::Known(Statement::new(sql, row.values, Intent::Write)),
        None => Saved::New(row),
    })
}

/// A row that is saved, by a statement that is not known yet.
pub(crate) fn row(row: &RowChange, dialect: &Dialect) -> Result<Option<Statement>> {
    let statement = compiler::update(&planner::save(row, dialect)?, dialect)?;
    if let Some(one) = OneRow::saved(row, dialect) {
        one.keep(&statement, &row.values);
    }
    Ok(Some(statement))
}
