//! A query becomes a statement: it is planned for what the database can do, and then written in its words. Where it is known that
//! no row can be meant, the answer is `None`, and nothing needs to be sent.

use crate::ast::{Delete, Node, Select, Update};
use crate::compiler::{self, RowUpdate, WholeRows};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::planner::{self, Plan};
use crate::statement::Statement;

/// The rows of a SELECT.
pub(crate) fn select(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    let rows = WholeRows::of(select, dialect);
    if let Some(statement) = rows.as_ref().and_then(WholeRows::statement) {
        return Ok(Some(statement));
    }
    let statement = written(planner::select(select, dialect)?, dialect)?;
    if let (Some(rows), Some(statement)) = (rows, &statement) {
        rows.keep(statement);
    }
    Ok(statement)
}

/// How many rows a SELECT has: one row of one integer. `None`: known to be 0.
pub(crate) fn count(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    written(planner::count(select, dialect)?, dialect)
}

/// Whether a SELECT has any row: one row or none.
pub(crate) fn exists(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    written(planner::exists(select, dialect)?, dialect)
}

/// The values of aggregates over the rows of a SELECT: one row.
pub(crate) fn aggregate(select: &Select, values: &[Node], dialect: &Dialect) -> Result<Option<Statement>> {
    written(planner::aggregate(select, values, dialect)?, dialect)
}

fn written(plan: Option<Plan<'_>>, dialect: &Dialect) -> Result<Option<Statement>> {
    plan.map(|plan| compiler::select(&plan, dialect)).transpose()
}

/// Changed columns of rows.
pub(crate) fn update(update: &Update, dialect: &Dialect) -> Result<Option<Statement>> {
    let change = planner::update(update, dialect)?;
    change.map(|change| compiler::update(&change, dialect)).transpose()
}

/// Deleted rows.
pub(crate) fn delete(delete: &Delete, dialect: &Dialect) -> Result<Option<Statement>> {
    let rows = planner::delete(delete, dialect)?;
    rows.map(|rows| compiler::delete(&rows, dialect)).transpose()
}

/// A row that is saved, by a statement that is not known yet.
pub(crate) fn row(row: &RowUpdate, dialect: &Dialect) -> Result<Option<Statement>> {
    let statement = update(&row.update, dialect)?;
    statement.iter().for_each(|statement| row.keep(statement));
    Ok(statement)
}
