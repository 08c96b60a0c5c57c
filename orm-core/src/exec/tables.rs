//! The tables that models declare: their conditions and expressions are planned, then written.

use crate::compiler::{self, ForEach, Ruled};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::expr::Declared;
use crate::planner;
use crate::schema::Table;
use crate::statement::Statement;

/// The tables of models as data, in the words of every database.
pub fn tables(declared: &[Declared]) -> Result<Vec<Table>> {
    compiler::tables(&ruled(declared, &Dialect::all())?)
}

/// The statements that make the tables of models.
pub(crate) fn create_tables(declared: &[Declared], dialect: &Dialect) -> Result<Vec<Statement>> {
    compiler::create_tables(&ruled(declared, &[dialect.without_facts()])?, dialect)
}

/// The tables of models as they are made in one database.
pub(crate) fn tables_of(declared: &[Declared], dialect: &Dialect) -> Result<Vec<Table>> {
    compiler::tables_of(&ruled(declared, &[dialect.without_facts()])?, dialect)
}

fn ruled<'q>(declared: &'q [Declared], dialects: &'q [Dialect]) -> Result<Vec<Ruled<'q>>> {
    declared.iter().map(|entry| planned(entry, dialects)).collect()
}

/// What a model declares, planned for each of some databases.
fn planned<'q>(entry: &'q Declared, dialects: &'q [Dialect]) -> Result<Ruled<'q>> {
    let model = entry.definition;
    let rule = |condition| for_each(dialects, |dialect| planner::rule(condition, model, dialect));
    let expression = |node| for_each(dialects, |dialect| planner::expression(node, model, dialect));
    let generated = entry.generated.iter().map(|generated| Ok((generated, expression(&generated.expression)?)));
    Ok(Ruled {
        model,
        checks: named(&entry.checks, rule)?,
        conditions: named(&entry.conditions, rule)?,
        expressions: named(&entry.expressions, |nodes| nodes.iter().map(expression).collect())?,
        generated: generated.collect::<Result<_>>()?,
    })
}

fn for_each<'q, T>(dialects: &'q [Dialect], plan: impl Fn(&'q Dialect) -> Result<T>) -> Result<ForEach<'q, T>> {
    dialects.iter().map(|dialect| Ok((dialect, plan(dialect)?))).collect()
}

fn named<'q, T, P>(
    declared: &'q [(&'static str, T)],
    plan: impl Fn(&'q T) -> Result<P>,
) -> Result<Vec<(&'static str, P)>> {
    declared.iter().map(|(name, what)| Ok((*name, plan(what)?))).collect()
}
