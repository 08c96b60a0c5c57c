//! The one door for writes: a new row is completed, a statement compiled and sent, and an error of the database completed by what
//! the model knows. New rows, saves, updates and deletes go through here.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::compile::{self, Saved};
use super::database::Database;
use super::integrity::{explained, references};
use super::overflow::{computed, unnumbered};
use super::referrer::{Assigned, kept, moved};
use crate::ast::{Condition, Delete, Insert, Node, Save, Select, Update, key_has};
use crate::compiler;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, ModelDef, Path};
use crate::planner::NewRows;
use crate::row::Decoder;
use crate::statement::{Done, Statement};
use crate::value::{FieldType, Kind, Value};

/// What a delete deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// How many rows in all.
    pub total: u64,
    /// How many by name of the model; models with none are left out.
    pub per_model: BTreeMap<&'static str, u64>,
}

impl Deleted {
    /// How many rows of a model.
    pub fn get<M: Model>(&self) -> u64 {
        self.per_model.get(M::definition().name).copied().unwrap_or(0)
    }

    fn of(model: &'static str, total: u64) -> Self {
        let per_model = if total > 0 { BTreeMap::from([(model, total)]) } else { BTreeMap::new() };
        Self { total, per_model }
    }
}

/// The columns that a new row gives, and their values: its own, then defaults.
///
/// # Errors
/// What a default cannot give.
pub(super) fn complete(model: &'static ModelDef, values: Vec<Option<Value>>) -> Result<(Vec<usize>, Vec<Value>)> {
    let now = Utc::now();
    let (mut fields, mut row) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
    for (index, (field, value)) in model.fields.iter().zip(values).enumerate() {
        let value = match (value, field.default) {
            (Some(value), _) => Some(value),
            (None, _) if field.auto_now || field.auto_now_add => Some(moment(field.kind, now)?),
            (None, Some(default)) => Some(default()?),
            (None, None) => None,
        };
        if let Some(value) = value {
            fields.push(index);
            row.push(value);
        }
    }
    Ok((fields, row))
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

/// Inserts rows, with `send` for the statement.
///
/// # Errors
/// `Integrity`, with constraint and columns, and what else the database refuses.
pub(super) async fn insert<T, F>(database: &Database, rows: NewRows, send: impl Fn(Statement) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let Insert { model, fields, rows: values, .. } = &rows.given;
    let model = *model;
    let references = references(model, values.iter().flat_map(|row| fields.iter().copied().zip(row)));
    let numbered = model.fields.iter().enumerate().find(|(index, field)| field.auto && !fields.contains(index));
    let numbered = numbered.map(|(_, field)| field);
    match inserted(database, rows, send).await {
        Ok(done) => Ok(done),
        Err(error) => {
            let explained = explained(database, model, &references, error.clone()).await;
            Err(told(database, &error, unnumbered(model, numbered, database.dialect(), explained)))
        }
    }
}

/// The error of a write, completed by the model: the transaction that it broke gives it as its cause, also where the program caught
/// it.
fn told(database: &Database, error: &Error, completed: Error) -> Error {
    if let Some(held) = database.held() {
        held.completes(error, &completed);
    }
    completed
}

/// Sends an INSERT. Of a table of others the types must be known first.
async fn inserted<T, F>(database: &Database, rows: NewRows, send: impl Fn(Statement) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    if compiler::is_ours(rows.given.model) {
        return send(compile::insert(rows, database.dialect())?).await;
    }
    let write = |dialect: &Dialect| compile::new(&rows, dialect).map(Some);
    database.answered(write, send).await?.ok_or_else(|| Error::internal("an INSERT of nothing"))
}

/// Writes columns of a row, by its key; one that has nothing else is looked for.
///
/// # Errors
/// `DoesNotExist` if the row is gone, `Validation`, `Integrity`, and what else the database refuses.
pub(super) async fn save(database: &Database, row: Save) -> Result<()> {
    let model = row.root.model;
    let written = row.values.iter().enumerate().filter(|(index, _)| row.written.contains(model, *index));
    let references = references(model, written);
    let columns = row.written.clone();
    let send = |statement| database.execute(statement);
    let needed = |bound: &[Value]| told_by(database, model, bound);
    let (saved, bound) = match compile::save(row, database.dialect())? {
        // Lent where it is, if it can be: thousands of rows are saved this way.
        Saved::Known(statement) => match database.execute_now(&statement) {
            Some(Ok(done)) => (Ok(Some(done)), Vec::new()),
            Some(Err(error)) => (Err(error), needed(&statement.binds)),
            None => {
                let bound = needed(&statement.binds);
                (send(statement).await.map(Some), bound)
            }
        },
        Saved::New(row) => (database.answered(|dialect| compile::row(&row, dialect), send).await, needed(&row.values)),
        Saved::Nothing(key) => return exists(database, model, key).await,
    };
    match saved {
        Ok(Some(Done { rows_affected: 1.., .. })) => Ok(()),
        Ok(_) => Err(gone(model)),
        Err(error) => {
            let told_more = explained(database, model, &references, error.clone()).await;
            let (values, key) = bound.split_at(bound.len().saturating_sub(model.primary_key.len()));
            let condition = key_has(Path::root_of(model), key.iter().cloned().map(Node::Value));
            let columns = columns.fields(model).filter_map(|index| model.fields.get(index)).map(|field| field.column);
            let columns: Vec<_> = columns.collect();
            let assigned = Assigned { model, condition: &condition, valued: columns.clone(), columns, saved: values };
            Err(told(database, &error, moved(database, &assigned, told_more).await))
        }
    }
}

/// The longest value that is kept to explain an error by, in bytes: what foreign keys refer to is shorter, and a row may hold much.
const LONGEST_KEY: usize = 4096;

/// What of the values that an UPDATE binds an error is explained by: those written and then the key, or only the key where the
/// database's errors name the foreign key. NULL stands for what is long.
fn told_by(database: &Database, model: &ModelDef, bound: &[Value]) -> Vec<Value> {
    let written = bound.len().saturating_sub(model.primary_key.len());
    let unneeded = if database.dialect().keys_query().is_some() { 0 } else { written };
    bound.iter().skip(unneeded).map(short).collect()
}

fn short(value: &Value) -> Value {
    match value {
        Value::Text(text) if text.len() > LONGEST_KEY => Value::Null(value.kind()),
        Value::Bytes(bytes) if bytes.len() > LONGEST_KEY => Value::Null(value.kind()),
        Value::Json(_) => Value::Null(value.kind()),
        short => short.clone(),
    }
}

/// A row of nothing but its key is saved if it is there.
async fn exists(database: &Database, model: &'static ModelDef, condition: Condition) -> Result<()> {
    let query = Select { condition, ..Select::all(model) };
    let decoder = Decoder::new(|_, _| Ok(()), Arc::default());
    let found = database.fetch_written(&|dialect| compile::exists(&query, dialect), &decoder).await?;
    if found.is_some_and(|found| !found.is_empty()) { Ok(()) } else { Err(gone(model)) }
}

fn gone(model: &ModelDef) -> Error {
    ErrorKind::DoesNotExist { model: model.name }.into()
}

/// Changes columns of rows, and gives the number of rows matched.
///
/// # Errors
/// `Validation`, `Integrity`, `OutOfRange` for an expression past its column, and what else the database refuses.
pub(super) async fn update(database: &Database, update: &Update) -> Result<u64> {
    let write = |dialect: &Dialect| compile::update(update, dialect);
    let computed = |error: Error| told(database, &error, computed(update, error.clone()));
    let send = async |statement| database.execute(statement).await.map_err(computed);
    match database.answered(write, send).await {
        Ok(done) => Ok(done.map_or(0, |done| done.rows_affected)),
        Err(error) => {
            let references = references(update.model, values(&update.assignments));
            let told_more = explained(database, update.model, &references, error.clone()).await;
            Err(told(database, &error, moved(database, &Assigned::by(update), told_more).await))
        }
    }
}

/// The values among assignments.
fn values(assignments: &[(usize, Node)]) -> impl Iterator<Item = (usize, &Value)> {
    assignments.iter().filter_map(|(index, node)| match node {
        Node::Value(value) => Some((*index, value)),
        _ => None,
    })
}

/// Deletes rows.
///
/// # Errors
/// `Integrity`, with constraint and column, if rows elsewhere still refer to one of them.
pub(super) async fn delete(database: &Database, delete: &Delete) -> Result<Deleted> {
    let write = |dialect: &Dialect| compile::delete(delete, dialect);
    match database.answered(write, |statement| database.execute(statement)).await {
        Ok(done) => Ok(done.map_or_else(Deleted::default, |done| Deleted::of(delete.model.name, done.rows_affected))),
        Err(error) => Err(told(database, &error, kept(database, delete.model, &delete.condition, error.clone()).await)),
    }
}
