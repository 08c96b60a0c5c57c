//! Which foreign key kept rows from being deleted or changed, where the database says only that one did: it is asked for all keys
//! that lead to them, along what would go or change with them, and then for a row of each. Nothing depends on the model's
//! relations, so a table without a model is found too.

use std::sync::Arc;

use super::compile;
use super::database::Database;
use crate::ast::{Condition, Node, Output, Select, Selected};
use crate::compiler::{self, Keeper, KeyNames};
use crate::error::Result;
use crate::model::{Column, ModelDef, Path};
use crate::row::{Decoder, RowReader, Shape};
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// What becomes of the rows of a table.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    Deleted,
    /// These columns get other values.
    Changed(Vec<String>),
}

/// A foreign key as the database tells it.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) names: KeyNames,
    number: i64,
    on_delete: String,
    on_update: String,
    /// The text that made its table.
    pub(super) sql: String,
}

/// A key, and those that lead from the rows to it.
struct Way {
    keys: Vec<Key>,
    /// What becomes of the rows that it refers to, and of its own.
    of: Fate,
    then: Option<Fate>,
}

/// The key that keeps rows of a model from their fate.
pub(super) async fn keeper(
    database: &Database,
    model: &'static ModelDef,
    condition: &Condition,
    fate: Fate,
) -> Result<Option<Key>> {
    let Some(query) = database.dialect().keys_query() else { return Ok(None) };
    let keys = keys_of(model, condition);
    let Some(rows) = database.written(|dialect| compile::select(&keys, dialect)).await? else { return Ok(None) };
    let mut ways = ways(database, query, model, fate).await?;
    ways.retain(Way::may_keep);
    // One that refers to a default keeps a row only if the default is not there.
    ways.sort_by_key(|way| way.last().is_some_and(|key| way.rule(key) == SET_DEFAULT));
    for way in ways {
        if refers(database, model, &rows, &way).await? {
            return Ok(way.last().cloned());
        }
    }
    Ok(None)
}

const CASCADE: &str = "CASCADE";
const SET_DEFAULT: &str = "SET DEFAULT";
const SET_NULL: &str = "SET NULL";

/// The query for the primary keys of rows.
fn keys_of(model: &'static ModelDef, condition: &Condition) -> Select {
    let path = Path::root_of(model);
    let outputs = model.key_fields().map(|field| Output::Node(Node::Column(Column { path, field }))).collect();
    let condition = condition.clone();
    Select { condition, order: Some(Vec::new()), ..Select::of(model, Selected::Outputs(outputs)) }
}

/// All ways from a table, the nearest first, each key once.
async fn ways(database: &Database, query: &'static str, model: &ModelDef, fate: Fate) -> Result<Vec<Way>> {
    let to_model = keys_to(database, query, None, model.table).await?;
    let mut ways: Vec<Way> = to_model.into_iter().filter_map(|key| Way::of(Vec::new(), key, &fate)).collect();
    let mut next = 0;
    while let Some(near) = ways.get(next) {
        next += 1;
        let (Some(key), Some(fate)) = (near.last(), near.then.clone()) else { continue };
        let before = near.keys.clone();
        for far in keys_to(database, query, Some(&key.names.schema), &key.names.table).await? {
            let is_known = ways.iter().any(|way| way.last().is_some_and(|known| known.is(&far)));
            ways.extend(Way::of(before.clone(), far, &fate).filter(|_| !is_known));
        }
    }
    Ok(ways)
}

/// The keys that lead to a table.
async fn keys_to(database: &Database, query: &'static str, schema: Option<&str>, table: &str) -> Result<Vec<Key>> {
    let schema = schema.map_or(Value::Null(Kind::Text), |schema| Value::Text(schema.into()));
    let statement = Statement::new(query, vec![Value::Text(table.into()), schema], Intent::Read);
    let columns = database.look_up(statement, Decoder::new(column, Arc::default())).await?;
    let mut keys: Vec<Key> = Vec::new();
    for mut key in columns {
        match keys.last_mut().filter(|last| last.is(&key)) {
            Some(last) => last.names.pairs.append(&mut key.names.pairs),
            None => keys.push(key),
        }
    }
    Ok(keys)
}

/// One column of a key.
fn column(row: &mut RowReader<'_>, _: &Shape) -> Result<Key> {
    let (schema, table, number) = (row.read()?, row.read()?, row.read()?);
    let pairs = vec![(row.read()?, row.read()?)];
    let names = KeyNames { schema, table, pairs };
    Ok(Key { names, number, on_delete: row.read()?, on_update: row.read()?, sql: row.read()? })
}

/// Whether a row refers to one of the rows. Rows of the same table that go with the others keep none, unless the rule is to.
async fn refers(database: &Database, model: &'static ModelDef, rows: &Statement, way: &Way) -> Result<bool> {
    let key: Vec<&str> = model.key_fields().map(|field| field.column).collect();
    let keys: Vec<&KeyNames> = way.keys.iter().map(|key| &key.names).collect();
    let is_own = way.last().is_some_and(|last| last.names.table.eq_ignore_ascii_case(model.table));
    let apart =
        is_own && matches!(way.of, Fate::Deleted) && way.last().is_some_and(|last| last.on_delete != "RESTRICT");
    let search = Keeper { table: model.table, key: &key, rows, way: &keys, apart };
    let statement = compiler::keeper(&search, database.dialect())?;
    let found = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| row.read::<i64>(), Arc::default());
    Ok(!database.look_up(statement, found).await?.is_empty())
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        let id = |key: &Self| (key.names.schema.clone(), key.names.table.clone(), key.number);
        id(self) == id(other)
    }

    fn columns(&self) -> Vec<String> {
        self.names.pairs.iter().map(|(own, _)| own.clone()).collect()
    }
}

impl Way {
    /// The way by one more key, if it has to do with what becomes of the rows.
    fn of(before: Vec<Key>, key: Key, of: &Fate) -> Option<Self> {
        let is_touched = |changed: &[String]| {
            key.names
                .pairs
                .iter()
                .any(|(_, referred)| changed.iter().any(|column| column.eq_ignore_ascii_case(referred)))
        };
        if matches!(of, Fate::Changed(columns) if !is_touched(columns)) {
            return None;
        }
        let mut way = Self { keys: before, of: of.clone(), then: None };
        way.then = match (way.rule(&key), of) {
            (CASCADE, Fate::Deleted) => Some(Fate::Deleted),
            (CASCADE | SET_NULL | SET_DEFAULT, _) => Some(Fate::Changed(key.columns())),
            _ => None,
        };
        way.keys.push(key);
        Some(way)
    }

    fn last(&self) -> Option<&Key> {
        self.keys.last()
    }

    /// What a key does with its rows.
    fn rule<'k>(&self, key: &'k Key) -> &'k str {
        if matches!(self.of, Fate::Deleted) { &key.on_delete } else { &key.on_update }
    }

    fn may_keep(&self) -> bool {
        self.last().is_some_and(|key| !matches!(self.rule(key), CASCADE | SET_NULL))
    }
}
