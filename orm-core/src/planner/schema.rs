//! What the schema of a table says: conditions and expressions over its own columns.

use super::plan::{Clause, Expr};
use super::scope::Scope;
use crate::ast::{Condition, Node};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::ModelDef;

/// Plans a condition in the schema of a model.
///
/// # Errors
/// `Configuration` for columns of other tables.
pub(crate) fn rule<'q>(condition: &'q Condition, model: &'static ModelDef, dialect: &Dialect) -> Result<Clause<'q>> {
    Scope::schema(model, dialect).clause(condition, false)
}

/// Plans an expression in the schema of a model.
///
/// # Errors
/// As [`rule`].
pub(crate) fn expression<'q>(node: &'q Node, model: &'static ModelDef, dialect: &Dialect) -> Result<Expr<'q>> {
    Scope::schema(model, dialect).expr(node)
}
