//! Tables that are there already: left as they are if they are as their models declare them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::database::Database;
use super::tables::tables_of;
use crate::compiler;
use crate::error::{Error, Result, SetupMistake};
use crate::expr::Declared;
use crate::row::{Collect, Decoder, RowReader, Shape};
use crate::schema::{Column, Table};
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// Makes the tables that are not there.
///
/// Another program may make them in the same moment: then an error of ours only says that there are fewer to make by now.
pub(super) async fn create_missing(database: &Database, models: &[Declared]) -> Result<()> {
    let mut missing = missing(database, models).await?;
    while !missing.is_empty() {
        let made = create(database, &missing).await;
        database.forget();
        let Err(error) = made else { return Ok(()) };
        let left = self::missing(database, models).await?;
        if left.len() == missing.len() {
            return Err(error);
        }
        missing = left;
    }
    Ok(())
}

async fn create(database: &Database, tables: &[Table]) -> Result<()> {
    let mut statements = compiler::create_schema(tables, database.dialect())?;
    if let Some((before, behind)) = database.dialect().existing().lock {
        statements.insert(0, Statement::schema(before));
        statements.push(Statement::schema(behind));
    }
    database.execute_all(statements).await.map(drop)
}

/// The tables of models that are not there.
///
/// # Errors
/// `TableDiffers` for one that is there and is another.
async fn missing(database: &Database, models: &[Declared]) -> Result<Vec<Table>> {
    let mut missing = Vec::new();
    for table in database.written(|dialect| tables_of(models, dialect)).await? {
        match there(database, &table).await? {
            Some(there) => compare(database, &table, &there)?,
            None => missing.push(table),
        }
    }
    Ok(missing)
}

/// The columns of a table that is there: type, and whether it may be NULL, by name.
type There = HashMap<String, (String, bool)>;

async fn there(database: &Database, table: &Table) -> Result<Option<There>> {
    let schema = table.schema.clone().map_or(Value::Null(Kind::Text), |schema| Value::Text(schema.into()));
    let binds = vec![schema, Value::Text(table.name.as_str().into())];
    let statement = Statement::new(database.dialect().existing().columns, binds, Intent::Read);
    let rows = Collect::boxed(Decoder::new(column, Arc::default()));
    let columns: Vec<(String, (String, bool))> = Collect::unbox(database.fetch_rows(statement, rows).await?)?;
    let folded = database.dialect().column_names();
    let columns: There = columns.into_iter().map(|(name, column)| (folded(&name), column)).collect();
    Ok(Some(columns).filter(|columns| !columns.is_empty()))
}

fn column(row: &mut RowReader<'_>, _: &Shape) -> Result<(String, (String, bool))> {
    Ok((row.read()?, (row.read()?, row.read()?)))
}

fn compare(database: &Database, table: &Table, there: &There) -> Result<()> {
    let folded = database.dialect().column_names();
    for column in &table.columns {
        if let Some(fault) = difference(database, table, column, there.get(&folded(&column.name))) {
            let (model, table, column) = (table.model.clone(), table.name.clone(), column.name.clone());
            return Err(SetupMistake::TableDiffers { model, table, column, fault }.into());
        }
    }
    Ok(())
}

/// What a column is there that it is not in the model.
fn difference(database: &Database, table: &Table, column: &Column, there: Option<&(String, bool)>) -> Option<String> {
    let Some((type_there, nullable)) = there else { return Some("is not there".to_owned()) };
    let declared = declared_type(database, table, column);
    if declared.as_ref().is_some_and(|declared| declared != type_there) {
        let declared = declared.unwrap_or_default();
        return Some(format!("is of the type `{type_there}` there, and `{declared}` in the model"));
    }
    // What is computed is NULL or not by itself.
    if column.generated.is_some() || *nullable == column.nullable {
        return None;
    }
    let (there, declared) = if *nullable { ("may be NULL", "may not") } else { ("is NOT NULL", "may be NULL") };
    Some(format!("{there} there, and {declared} in the model"))
}

/// The type of a column in the words in which the database tells of it; none of a type that is taken from a table of others.
fn declared_type(database: &Database, table: &Table, column: &Column) -> Option<String> {
    let dialect = database.dialect();
    let declared = dialect.spelling().column_type(column, table.is_keyed(&column.name));
    column.type_name.is_none().then(|| (dialect.existing().told)(&declared))
}

/// The error of `create_tables`, with the name of the table if that is there already.
pub(super) fn refused(database: &Database, models: &[Declared], error: Error) -> Error {
    let tables = tables_of(models, database.dialect()).unwrap_or_default();
    let text: Cow<'_, str> = error.to_string().into();
    let named =
        |table: &&Table| ['"', '`', '\''].iter().any(|quote| text.contains(&format!("{quote}{}{quote}", table.name)));
    if !(database.dialect().existing().is_there)(&error) {
        return error;
    }
    match tables.iter().find(named) {
        Some(table) => {
            let (model, table) = (table.model.clone(), table.name.clone());
            Error::from(SetupMistake::TableExists { model, table }).with_source(error)
        }
        None => error,
    }
}
