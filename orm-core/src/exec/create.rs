//! New rows.

use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::action::Action;
use super::compile;
use super::database::Database;
use super::integrity::{explained, references};
use crate::ast::{Condition, Connector, Insert, LookupOperator, Node, Select};
use crate::compiler;
use crate::dialect::Dialect;
use crate::driver::keys_used_up;
use crate::error::{Error, ErrorKind, IntegrityKind, RangeLimit, Result};
use crate::model::{Column, DraftValues, FieldDef, IntoDraft, Model, ModelDef, NewRow, Path, decode_model};
use crate::queryset::Using;
use crate::row::{Collect, Decoder, Rows};
use crate::schema::Table;
use crate::statement::Statement;
use crate::value::{FieldType, Kind, Value};

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
    let model = root.model;
    let row = complete(model.fields, given)?;
    let given = |field: &FieldDef| row.iter().any(|(index, _)| std::ptr::eq(&model.fields[*index], field));
    let numbered = model.fields.iter().find(|field| field.auto && !given(field));
    let references = references(model, row.iter().map(|(index, value)| (*index, value)));
    match insert(database, root, row, rows).await {
        Ok(created) => Ok(created),
        Err(error) => {
            let error = explained(database, model, &references, error).await;
            Err(unnumbered(model, numbered, database.dialect(), error))
        }
    }
}

fn not_stored(model: &ModelDef) -> Error {
    Error::query(format!(
        "the database did not give the new row of `{}` back: its table ignored it, or a trigger stored it elsewhere or not at all",
        model.table
    ))
}

/// Names the column whose automatic keys are used up, if that is the error: a key that is given has the type of its column, so
/// only a number that the database made is past its range.
fn unnumbered(model: &'static ModelDef, numbered: Option<&FieldDef>, dialect: &Dialect, error: Error) -> Error {
    let Some(key) = numbered else { return error };
    let is_narrow = key.range.is_some() || key.kind != Kind::I64;
    // Where the table has no check of a number, the INSERT computes with it so that one past its field is an error.
    let is_computed_with = is_narrow && (!model.managed || !dialect.features().checks_on_auto);
    let is_used_up = match error.kind() {
        ErrorKind::Integrity { kind: IntegrityKind::Check, constraint: Some(name), .. } => {
            Table::of(model).is_ok_and(|table| {
                let mut ranges = table.checks.iter().cloned().chain(table.key_check());
                ranges.any(|check| check.name == *name && check.rule.column() == Some(key.column))
            })
        }
        ErrorKind::OutOfRange { of, .. } => {
            *of == RangeLimit::Keys || (is_computed_with && *of == RangeLimit::Arithmetic)
        }
        _ => false,
    };
    if is_used_up { error.with_kind(keys_used_up(&format!("`{}.{}`", model.name, key.name))) } else { error }
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
        return inserted(database, insert, |statement| database.fetch_rows(statement, rows())).await;
    }
    let key = insert_and_find_key(database, root, row).await?;
    let query = Select { condition: key, order: Some(Vec::new()), ..Select::all(root.model) };
    let found = database.fetch_written_rows(&|dialect| compile::select(&query, dialect), rows).await?;
    Ok(found.unwrap_or_else(rows))
}

/// Sends an INSERT. Of a table of others the types must be known first.
async fn inserted<T, F>(database: &Database, insert: Insert, send: impl Fn(Statement) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    if compiler::is_ours(insert.model) {
        return send(compiler::insert(insert, database.dialect())?).await;
    }
    let write = |dialect: &Dialect| compiler::insert(insert.clone(), dialect).map(Some);
    database.answered(write, send).await?.ok_or_else(|| Error::query("an INSERT of nothing"))
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
    let done = inserted(database, insert, |statement| database.execute(statement)).await?;
    if done.rows_affected == 0 {
        return Err(not_stored(root.model));
    }
    let number = done.last_insert_id.map(Value::I64);
    let stored = root.model.fields.iter().enumerate().map(|(index, field)| {
        let given = row.iter().find(|(given, _)| *given == index).map(|(_, value)| value.clone());
        match given {
            None if field.auto => number.clone().ok_or_else(|| Error::query("the database did not number the new row")),
            given => Ok(given.unwrap_or(Value::Null(field.kind))),
        }
    });
    stored.collect()
}

/// The columns that a new row gives, checked: its own values, then defaults.
fn complete(fields: &'static [FieldDef], values: Vec<Option<Value>>) -> Result<Vec<(usize, Value)>> {
    let now = Utc::now();
    let mut row = Vec::with_capacity(fields.len());
    for (index, (field, value)) in fields.iter().zip(values).enumerate() {
        let value = match (value, field.default) {
            (Some(value), _) => Some(value),
            (None, _) if field.auto_now || field.auto_now_add => Some(moment(field.kind, now)?),
            (None, Some(default)) => Some(default()?),
            (None, None) => None,
        };
        if let Some(mut value) = value {
            field.fit(&mut value)?;
            row.push((index, value));
        }
    }
    Ok(row)
}

fn insertion(root: &'static Path, row: Vec<(usize, Value)>, returning: bool) -> Insert {
    let (fields, values) = row.into_iter().unzip();
    Insert { model: root.model, fields, rows: vec![values], returning }
}

/// Inserts where the database cannot give the row back, and tells how to find it: by the key given, or the one the
/// database numbered.
async fn insert_and_find_key(database: &Database, root: &'static Path, row: Vec<(usize, Value)>) -> Result<Condition> {
    let given = row.clone();
    let done = inserted(database, insertion(root, row, false), |statement| database.execute(statement)).await?;
    let mut parts = Vec::new();
    for &index in root.model.primary_key {
        let given = given.iter().find(|(field, _)| *field == index).map(|(_, value)| value.clone());
        let value = given.or(done.last_insert_id.map(Value::I64));
        let value = value.ok_or_else(|| Error::query("the database did not tell the key of the new row"))?;
        if let Some(field) = root.model.fields.get(index) {
            let column = Node::Column(Column { path: root, field });
            parts.push(Condition::lookup(LookupOperator::Eq, vec![column, Node::Value(value)]));
        }
    }
    Ok(Condition::group(Connector::And, parts))
}

/// A moment as a column of a kind stores it.
pub(super) fn moment(kind: Kind, now: DateTime<Utc>) -> Result<Value> {
    match kind {
        Kind::Date => now.date_naive().encode(),
        Kind::Time => now.time().encode(),
        Kind::DateTime => now.naive_utc().encode(),
        _ => now.encode(),
    }
}
