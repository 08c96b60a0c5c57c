//! New rows.

use std::sync::Arc;

use super::action::Action;
use super::compile;
use super::database::Database;
use super::write::{self, complete};
use crate::ast::{Condition, Connector, Insert, LookupOperator, Node, Select};
use crate::error::{Error, QueryMistake, Result};
use crate::model::{Column, DraftValues, IntoDraft, Model, ModelDef, NewRow, Path, decode_model};
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
type NewRows<'a> = dyn Fn() -> Box<dyn Rows> + Sync + 'a;

/// Makes a row of what is given and gives it back, in a buffer.
async fn created(
    database: &Database,
    root: &'static Path,
    given: Vec<Option<Value>>,
    rows: &NewRows<'_>,
) -> Result<Box<dyn Rows>> {
    let row = complete(root.model.fields, given).map_err(|error| error.of_model(root.model.name))?;
    insert(database, root, row, rows).await
}

fn not_stored(model: &ModelDef) -> Error {
    QueryMistake::NotStored { table: model.table }.into()
}

fn not_numbered(model: &ModelDef) -> Error {
    QueryMistake::NotNumbered { table: model.table }.into()
}

/// Inserts a row and gives it back: from the INSERT itself, or read by its key.
async fn insert(
    database: &Database,
    root: &'static Path,
    row: Vec<(usize, Value)>,
    rows: &NewRows<'_>,
) -> Result<Box<dyn Rows>> {
    if database.dialect().features().stores_as_given && is_known(root.model, &row) {
        let mut stored = rows();
        stored.push(&insert_as_given(database, root, row).await?)?;
        return Ok(stored);
    }
    if database.dialect().features().returning {
        let insert = insertion(root, row, true);
        return write::insert(database, insert, |statement| database.fetch_rows(statement, rows())).await;
    }
    let key = insert_and_find_key(database, root, row).await?;
    let query = Select { condition: key, order: Some(Vec::new()), ..Select::all(root.model) };
    let found = database.fetch_written_rows(&|dialect| compile::select(&query, dialect), rows).await?;
    Ok(found.unwrap_or_else(rows))
}

/// Whether nothing but its number is unknown of a row that is stored as it is given. (JSON has its own words for what is
/// given, and a table of others may have defaults.)
fn is_known(model: &ModelDef, given: &[(usize, Value)]) -> bool {
    model.managed
        && model.fields.iter().enumerate().all(|(index, field)| {
            let is_given = given.iter().any(|(given, _)| *given == index);
            let is_null = field.nullable && field.db_default.is_none() && !field.generated;
            field.kind != Kind::Json && (is_given || field.auto || is_null)
        })
}

/// Inserts a row and gives it back as it was given, with its number.
async fn insert_as_given(database: &Database, root: &'static Path, row: Vec<(usize, Value)>) -> Result<Vec<Value>> {
    let insert = insertion(root, row.clone(), false);
    let done = write::insert(database, insert, |statement| database.execute(statement)).await?;
    if done.rows_affected == 0 {
        return Err(not_stored(root.model));
    }
    let number = done.last_insert_id.map(Value::I64);
    let stored = root.model.fields.iter().enumerate().map(|(index, field)| {
        let given = row.iter().find(|(given, _)| *given == index).map(|(_, value)| value.clone());
        match given {
            None if field.auto => number.clone().ok_or_else(|| not_numbered(root.model)),
            given => Ok(given.unwrap_or(Value::Null(field.kind))),
        }
    });
    stored.collect()
}

fn insertion(root: &'static Path, row: Vec<(usize, Value)>, returning: bool) -> Insert {
    let (fields, values) = row.into_iter().unzip();
    Insert { model: root.model, fields, rows: vec![values], returning }
}

/// Inserts where the database cannot give the row back, and tells how to find it: by the key given, or the one the
/// database numbered.
async fn insert_and_find_key(database: &Database, root: &'static Path, row: Vec<(usize, Value)>) -> Result<Condition> {
    let given = row.clone();
    let done = write::insert(database, insertion(root, row, false), |statement| database.execute(statement)).await?;
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
