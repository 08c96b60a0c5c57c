//! New rows.

use std::sync::Arc;

use super::action::Action;
use super::compile;
use super::database::Database;
use super::write::{self, complete};
use crate::ast::{Condition, Connector, Insert, LookupOperator, Node, Select};
use crate::dialect::Dialect;
use crate::error::{Error, QueryMistake, Result};
use crate::model::{Column, DraftValues, IntoDraft, Model, ModelDef, NewRow, Path, decode_model};
use crate::planner::{self, NewRows};
use crate::queryset::Using;
use crate::row::{Collect, Decoder, Rows};
use crate::value::{Kind, Value};

/// `Book::new().name("Dune").price(10).asave()`: saves a complete draft.
pub trait SaveDraft: NewRow {
    /// Inserts the row and gives it back as the database has it.
    ///
    /// # Errors
    /// `Validation` for values that a column cannot hold, `Integrity` for what the database refuses.
    fn asave(self) -> Action<Self::Model>
    where
        // On the method, so that a draft that is not complete is told which field it misses.
        Self: IntoDraft<Self::Model>,
    {
        create(Using::Default, self.into_draft())
    }
}

impl<D: NewRow> SaveDraft for D {}

pub(super) fn create<M: Model>(using: Using, draft: DraftValues<M>) -> Action<M> {
    Action::new(using, move |database| async move {
        let rows = || Collect::boxed(Decoder::new(decode_model::<M>, Arc::default()));
        let created = created(&database, M::root(), draft.into_values()?, &rows).await?;
        Collect::<M>::unbox(created)?.pop().ok_or_else(|| not_stored(M::definition()))
    })
}

/// A buffer for the rows of a model, whatever it is.
type Buffers<'a> = dyn Fn() -> Box<dyn Rows> + Sync + 'a;

/// Makes a row of what is given and gives it back, in a buffer.
async fn created(
    database: &Database,
    root: &'static Path,
    given: Vec<Option<Value>>,
    rows: &Buffers<'_>,
) -> Result<Box<dyn Rows>> {
    let model = root.model;
    let (fields, values) = complete(model, given).map_err(|error| error.of_model(model.name))?;
    let features = database.dialect().features();
    let as_given = features.stores_as_given && is_known(model, &fields);
    let returning = !as_given && returns(database, model).await?;
    let row = planner::rows(Insert { model, fields, rows: vec![values], returning })?;
    if as_given {
        let mut stored = rows();
        stored.push(&insert_as_given(database, row).await?)?;
        return Ok(stored);
    }
    if returning {
        return write::insert(database, row, |statement| database.fetch_rows(statement, rows())).await;
    }
    let key = insert_and_find_key(database, root, row).await?;
    let query = Select { condition: key, order: Some(Vec::new()), ..Select::all(model) };
    let found = database.fetch_written_rows(&|dialect| compile::select(&query, dialect), rows).await?;
    Ok(found.unwrap_or_else(rows))
}

fn not_stored(model: &ModelDef) -> Error {
    QueryMistake::NotStored { table: model.table }.into()
}

fn not_numbered(model: &ModelDef) -> Error {
    QueryMistake::NotNumbered { table: model.table }.into()
}

/// Whether a row that is inserted comes back as it is stored.
async fn returns(database: &Database, model: &'static ModelDef) -> Result<bool> {
    if model.managed || !database.dialect().features().returning {
        return Ok(database.dialect().features().returning);
    }
    let unnumbered = |dialect: &Dialect| dialect.table_facts(model).is_some_and(|table| table.returns_unnumbered());
    database.written(|dialect| Ok(!unnumbered(dialect))).await
}

/// Whether nothing but its number is unknown of a row that is stored as it is given. (JSON has its own words for what is
/// given, and a table of others may have defaults.)
fn is_known(model: &ModelDef, given: &[usize]) -> bool {
    model.managed
        && model.fields.iter().enumerate().all(|(index, field)| {
            let is_null = field.nullable && field.db_default.is_none() && !field.generated;
            field.kind != Kind::Json && (given.contains(&index) || field.auto || is_null)
        })
}

/// The columns of a row that is inserted, and their values.
fn given(row: &NewRows) -> Vec<(usize, Value)> {
    row.given.fields.iter().copied().zip(row.given.rows.iter().flatten().cloned()).collect()
}

/// Inserts a row and gives it back as it was given, with its number.
async fn insert_as_given(database: &Database, row: NewRows) -> Result<Vec<Value>> {
    let (model, mut given) = (row.given.model, given(&row).into_iter().peekable());
    let done = write::insert(database, row, |statement| database.execute(statement)).await?;
    if done.rows_affected == 0 {
        return Err(not_stored(model));
    }
    let number = done.last_insert_id.map(Value::I64);
    let stored =
        model.fields.iter().enumerate().map(|(index, field)| match given.next_if(|(given, _)| *given == index) {
            None if field.auto => number.clone().ok_or_else(|| not_numbered(model)),
            given => Ok(given.map_or(Value::Null(field.kind), |(_, value)| value)),
        });
    stored.collect()
}

/// Inserts where the database cannot give the row back, and tells how to find it: by the key given, or the one the
/// database numbered.
async fn insert_and_find_key(database: &Database, root: &'static Path, row: NewRows) -> Result<Condition> {
    let given = given(&row);
    let done = write::insert(database, row, |statement| database.execute(statement)).await?;
    let mut parts = Vec::new();
    for &index in root.model.primary_key {
        let given = given.iter().find(|(field, _)| *field == index).map(|(_, value)| value.clone());
        let value = given.or(done.last_insert_id.map(Value::I64));
        let value = value.ok_or_else(|| not_numbered(root.model))?;
        if let Some(field) = root.model.fields.get(index) {
            let column = Node::Column(Column { path: root, field });
            parts.push(Condition::lookup(LookupOperator::Eq, vec![column, Node::Value(value)]));
        }
    }
    Ok(Condition::group(Connector::And, parts))
}
