//! The foreign key that kept rows from being deleted or changed: its name, table and columns.
//!
//! PostgreSQL names the constraint and its table, MySQL its columns too as far as its message has room, SQLite nothing. What the
//! models know completes it; the rest is asked of the database, whose catalogs know the keys of tables without a model too.

use std::ptr;
use std::sync::Arc;

use super::database::Database;
use super::keeper::{Fate, Key, keeper};
use super::present::any_row;
use crate::ast::{Condition, Connector, LookupOperator, Node, Select, Update};
use crate::error::{Error, ErrorKind, IntegrityKind, Result};
use crate::model::{Column, ModelDef, OnDelete, Path, Reference, RelationKind};
use crate::row::{Decoder, RowReader, Shape};
use crate::schema::{Pairs, constraint_name, foreign_key_name};
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// Adds what is missing of the constraint's name, table and columns to the error of a DELETE of a model's rows, which are those of
/// the condition.
pub(super) async fn kept(database: &Database, model: &'static ModelDef, condition: &Condition, error: Error) -> Error {
    match broken(&error) {
        Broken::Other => error,
        Broken::Named { constraint, table } => named(database, referrers(model), (constraint, table), error).await,
        Broken::Unnamed => {
            // If the search fails or finds nothing, the error stays as it is.
            let found = Box::pin(keeper(database, model, condition, Fate::Deleted)).await.ok().flatten();
            found.into_iter().fold(error, asked)
        }
    }
}

/// What an UPDATE wrote.
pub(super) struct Assigned<'a> {
    pub(super) model: &'static ModelDef,
    /// Which rows.
    pub(super) condition: &'a Condition,
    /// The columns.
    pub(super) columns: Vec<&'static str>,
    /// Those of them that got a value which is known.
    pub(super) valued: Vec<&'static str>,
    /// What a row that is saved has in the columns: one that it had before has not changed.
    pub(super) saved: &'a [Value],
}

impl<'a> Assigned<'a> {
    pub(super) fn by(update: &'a Update) -> Self {
        let model = update.model;
        let column = |(index, _): &(usize, Node)| model.fields.get(*index).map(|field| field.column);
        let is_valued = |(_, node): &&(usize, Node)| matches!(node, Node::Value(_));
        Self {
            model,
            condition: &update.condition,
            columns: update.assignments.iter().filter_map(column).collect(),
            valued: update.assignments.iter().filter(is_valued).filter_map(column).collect(),
            saved: &[],
        }
    }

    /// The columns that get another value than they have; nothing that refers to one that stays is broken.
    async fn changed(&self, database: &Database) -> Vec<String> {
        let mut changed = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            let stays = match self.saved.get(place) {
                Some(value) => self.has(database, column, value).await,
                None => Ok(false),
            };
            if !stays.unwrap_or(false) {
                changed.push((*column).to_owned());
            }
        }
        changed
    }

    /// Whether the row has a value in a column.
    async fn has(&self, database: &Database, column: &str, value: &Value) -> Result<bool> {
        let Some(field) = self.model.fields.iter().find(|field| field.column == column) else { return Ok(false) };
        let operands =
            vec![Node::Column(Column { path: Path::root_of(self.model), field }), Node::Value(value.clone())];
        let condition = self.condition.clone().join(Connector::And, Condition::lookup(LookupOperator::Eq, operands));
        any_row(database, Select { condition, ..Select::all(self.model) }).await
    }

    /// The one key that was written, and of which it is not known what it refers to; none of several. (Of others it was looked
    /// up whether that is there.)
    fn doubtful_key(&self) -> Option<Reference> {
        let is_doubtful = |reference: &Reference| {
            reference.columns().any(|column| self.columns.contains(&column))
                && !reference.columns().all(|column| self.valued.contains(&column))
        };
        let mut broken = Reference::all(self.model).filter(is_doubtful);
        broken.next().filter(|_| broken.next().is_none())
    }
}

/// Adds the same to the error of an UPDATE, where what was written did not tell: the new value was an expression, or rows refer to
/// the old one.
pub(super) async fn moved(database: &Database, assigned: &Assigned<'_>, error: Error) -> Error {
    let model = assigned.model;
    match broken(&error) {
        Broken::Other => error,
        Broken::Named { constraint, table } => named(database, keys_to(model), (constraint, table), error).await,
        Broken::Unnamed => {
            let fate = Fate::Changed(Box::pin(assigned.changed(database)).await);
            match Box::pin(keeper(database, model, assigned.condition, fate)).await {
                Ok(Some(key)) => asked(error, key),
                Ok(None) => assigned.doubtful_key().into_iter().fold(error, known),
                Err(_) => error,
            }
        }
    }
}

/// Which foreign key an error is about.
enum Broken {
    /// None, or its columns are known.
    Other,
    Named {
        constraint: String,
        table: Option<String>,
    },
    Unnamed,
}

fn broken(error: &Error) -> Broken {
    match error.kind() {
        ErrorKind::Integrity { kind: IntegrityKind::ForeignKey, constraint, table, columns } if columns.is_empty() => {
            match constraint.clone() {
                Some(constraint) => Broken::Named { constraint, table: table.clone() },
                None => Broken::Unnamed,
            }
        }
        _ => Broken::Other,
    }
}

/// Adds the columns of a key of a name, if the model has it or the database tells them.
async fn named(
    database: &Database,
    references: Vec<Reference>,
    (constraint, table): (String, Option<String>),
    error: Error,
) -> Error {
    let is_told = |reference: &Reference| {
        let is_there = table.as_ref().is_none_or(|table| *table == reference.model.table);
        is_there && name(reference).as_ref() == Some(&constraint)
    };
    if let Some(reference) = references.into_iter().find(is_told) {
        return known(error, reference);
    }
    let Some(table) = table else { return error };
    let query = database.dialect().key_columns_query();
    let columns = Box::pin(listed(database, query, &constraint, &table)).await.unwrap_or_default();
    completed(error, Some(constraint), table, columns)
}

/// The columns of a key, as the database tells them; none if there are several such keys that differ. (A transaction of
/// PostgreSQL answers nothing more after an error.)
pub(super) async fn listed(
    database: &Database,
    query: Option<&'static str>,
    constraint: &str,
    table: &str,
) -> Result<Vec<String>> {
    let Some(query) = query else { return Ok(Vec::new()) };
    let statement =
        Statement::new(query, vec![Value::Text(constraint.into()), Value::Text(table.into())], Intent::Read);
    let column = |row: &mut RowReader<'_>, _: &Shape| Ok((row.read::<i64>()?, row.read::<String>()?));
    let found = database.look_up(statement, Decoder::new(column, Arc::default())).await?;
    let is_one = found.iter().zip(1..).all(|((place, _), expected)| *place == expected);
    Ok(if is_one { found.into_iter().map(|(_, column)| column).collect() } else { Vec::new() })
}

/// Completes an error by a key of a model.
fn known(error: Error, reference: Reference) -> Error {
    let columns = reference.columns().map(str::to_owned).collect();
    completed(error, name(&reference), reference.model.table.to_owned(), columns)
}

/// Completes an error by a key that the database has told. Its name is known if it is one that we give, and stands in the text that
/// made the table: a name is never made up.
fn asked(error: Error, key: Key) -> Error {
    let columns: Vec<&str> = key.names.pairs.iter().map(|(own, _)| &**own).collect();
    let name = constraint_name(&key.names.table, &columns, "fk");
    let columns = columns.into_iter().map(str::to_owned).collect();
    completed(error, Some(name).filter(|name| key.sql.contains(&**name)), key.names.table, columns)
}

fn completed(error: Error, name: Option<String>, place: String, columns: Vec<String>) -> Error {
    let ErrorKind::Integrity { kind, constraint, table, .. } = error.kind().clone() else { return error };
    let (constraint, table) = (constraint.or(name), table.or(Some(place)));
    error.with_kind(ErrorKind::Integrity { kind, constraint, table, columns })
}

/// The name of the constraint, if the library made it.
fn name(reference: &Reference) -> Option<String> {
    reference.model.managed.then(|| foreign_key_name(reference))
}

/// The foreign keys that lead to a model, the nearest first: those to it, and those to rows that are deleted with its rows.
fn referrers(model: &'static ModelDef) -> Vec<Reference> {
    let mut found = keys_to(model);
    let mut next = 0;
    while let Some(near) = found.get(next).cloned() {
        next += 1;
        if near.key.on_delete == OnDelete::Cascade {
            for far in keys_to(near.model) {
                if !found.iter().any(|known| ptr::eq(known.key, far.key)) {
                    found.push(far);
                }
            }
        }
    }
    found
}

/// The foreign keys to a model that it knows of: its own, and those behind its relations.
fn keys_to(model: &'static ModelDef) -> Vec<Reference> {
    let own = Reference::all(model).filter(|reference| reference.target() == model);
    let others = model.relations.iter().filter_map(|relation| match relation.kind {
        RelationKind::HasMany { field } => Reference::named((relation.target)(), field),
        RelationKind::ManyToMany { .. } => {
            let source = Pairs::of(model, relation).ok()?.source;
            Reference::named(source.path.model, source.field.name)
        }
    });
    own.chain(others).collect()
}
