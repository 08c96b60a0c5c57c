//! CREATE and DROP TABLE, with all that belongs to a table.

mod column;
mod comment;
mod constraint;
mod declared;
mod index;
mod references;
mod table;
mod words;

pub use declared::{ForEach, Ruled};

use super::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::ModelDef;
use crate::schema::{self, ForeignKey, Table};
use crate::statement::Statement;

/// The tables of models and of their many-to-many relations, as data. Models that are not managed have none.
///
/// A condition or expression has words for the databases that can say it.
///
/// # Errors
/// `Configuration` for names that some database would not take, and for references to models that are not given.
pub fn tables(ruled: &[Ruled<'_>]) -> Result<Vec<Table>> {
    references::check(&models(ruled))?;
    let mut tables = Vec::with_capacity(ruled.len());
    for entry in ruled.iter().filter(|entry| entry.model.managed) {
        tables.push(entry.table()?);
        tables.extend(Table::of_pairs(entry.model)?);
    }
    schema::check_names(&tables)?;
    Ok(tables)
}

/// The statements that make the tables of models, planned for the database; see [`create_schema`].
///
/// # Errors
/// `Unsupported` for a condition or expression that this database cannot say in a schema.
pub fn create_tables(ruled: &[Ruled<'_>], dialect: &Dialect) -> Result<Vec<Statement>> {
    create_schema(&tables_of(ruled, dialect)?, dialect)
}

/// The tables of models as they are made in one database.
///
/// # Errors
/// As [`tables`].
pub fn tables_of(ruled: &[Ruled<'_>], dialect: &Dialect) -> Result<Vec<Table>> {
    let mut tables = tables(ruled)?;
    references::take_types(&mut tables, &models(ruled), dialect)?;
    Ok(tables)
}

fn models(ruled: &[Ruled<'_>]) -> Vec<&'static ModelDef> {
    ruled.iter().map(|entry| entry.model).collect()
}

/// The statements that make tables, each after those it refers to. Where tables refer to each other in a circle, the
/// foreign keys that close it are added at the end.
pub fn create_schema(tables: &[Table], dialect: &Dialect) -> Result<Vec<Statement>> {
    let order = in_order(tables);
    let mut made: Vec<&Table> = Vec::new();
    let mut statements = Vec::new();
    let mut late = Vec::new();
    for table in &order {
        made.push(table);
        let can_wait = dialect.features().alter_constraints;
        let ready =
            |key: &&ForeignKey| !can_wait || made.iter().any(|table| key.refers_to(table)) || is_elsewhere(tables, key);
        let (now, later): (Vec<_>, Vec<_>) = table.foreign_keys.iter().partition(ready);
        statements.extend(table::create_table(table, &now, dialect)?);
        late.extend(later.into_iter().map(|key| constraint::add_foreign_key(table, key, dialect)));
    }
    statements.extend(late.into_iter().collect::<Result<Vec<_>>>()?);
    Ok(statements)
}

/// The statements that drop tables, each before those it refers to. Foreign keys that close a circle go first. (SQLite
/// deletes the rows of a table that it drops, and so asks its foreign keys, unless they are switched off.)
pub fn drop_schema(tables: &[Table], dialect: &Dialect) -> Result<Vec<Statement>> {
    let order = in_order(tables);
    let mut statements = Vec::new();
    if dialect.features().alter_constraints {
        for (place, table) in order.iter().enumerate() {
            let closes = |key: &&ForeignKey| order[place + 1..].iter().any(|later| key.refers_to(later));
            statements.extend(
                table.foreign_keys.iter().filter(closes).map(|key| constraint::drop_foreign_key(table, key, dialect)),
            );
        }
    }
    for table in order.iter().rev() {
        let mut writer = Writer::inline(dialect);
        writer.push("DROP TABLE ");
        writer.qualified(table.schema.as_deref(), &table.name);
        statements.push(writer.into_schema());
    }
    Ok(statements)
}

fn is_elsewhere(tables: &[Table], key: &ForeignKey) -> bool {
    !tables.iter().any(|table| key.refers_to(table))
}

/// The tables so that each follows those it refers to, as far as there are no circles.
fn in_order(tables: &[Table]) -> Vec<&Table> {
    let mut left: Vec<&Table> = tables.iter().collect();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits =
            |table: &Table, key: &ForeignKey| !key.refers_to(table) && left.iter().any(|other| key.refers_to(other));
        // In a circle the first one goes, whatever it waits for.
        let free = left.iter().position(|table| !table.foreign_keys.iter().any(|key| waits(table, key)));
        ordered.push(left.remove(free.unwrap_or(0)));
    }
    ordered
}
