#![allow(missing_docs, unused, clippy::all)]
use crate::{dialect::Dialect, error::Result, expr::Node, query::*, statement::Statement};
pub fn select(q: &Select, d: &Dialect) -> Result<Option<Statement>> {
    Ok(None)
}
pub fn count(q: &Select, d: &Dialect) -> Result<Option<Statement>> {
    Ok(None)
}
pub fn exists(q: &Select, d: &Dialect) -> Result<Option<Statement>> {
    Ok(None)
}
pub fn aggregate(q: &Select, n: &[Node], d: &Dialect) -> Result<Statement> {
    Ok(Statement::schema(""))
}
pub fn insert(q: &Insert, d: &Dialect) -> Result<Statement> {
    Ok(Statement::schema(""))
}
pub fn update(q: &Update, d: &Dialect) -> Result<Option<Statement>> {
    Ok(None)
}
pub fn delete(q: &Delete, d: &Dialect) -> Result<Option<Statement>> {
    Ok(None)
}
pub fn explain(q: Statement, d: &Dialect) -> Result<Statement> {
    Ok(q)
}
pub fn create_tables(q: &[Declared], d: &Dialect) -> Result<Vec<Statement>> {
    Ok(vec![])
}
