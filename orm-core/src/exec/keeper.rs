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
#[derive(Clone)]
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
    let search = Search { database, query, model, rows, goes: matches!(fate, Fate::Deleted) };
    search.keeper(fate).await
}

const CASCADE: &str = "CASCADE";
const RESTRICT: &str = "RESTRICT";
const SET_DEFAULT: &str = "SET DEFAULT";
const SET_NULL: &str = "SET NULL";

/// The query for the primary keys of rows.
fn keys_of(model: &'static ModelDef, condition: &Condition) -> Select {
    let path = Path::root_of(model);
    let outputs = model.key_fields().map(|field| Output::Node(Node::Column(Column { path, field }))).collect();
    let condition = condition.clone();
    Select { condition, order: Some(Vec::new()), ..Select::of(model, Selected::Outputs(outputs)) }
}

/// The longest way that is followed (a tree has one for each of its levels), and how many are followed in all.
const LONGEST: usize = 20;
const MOST: usize = 200;

/// A search for what keeps rows.
struct Search<'s> {
    database: &'s Database,
    /// The query for the keys to a table.
    query: &'static str,
    model: &'static ModelDef,
    /// The query for the primary keys of the rows.
    rows: Statement,
    /// Whether the rows are deleted.
    goes: bool,
}

impl Search<'_> {
    async fn keeper(&self, fate: Fate) -> Result<Option<Key>> {
        let (ways, is_whole) = self.ways(fate).await?;
        let mut keeping: Vec<(&Way, bool)> = ways.iter().filter(|way| way.may_keep()).map(|way| (way, true)).collect();
        // RESTRICT refuses at once, also for a row that would go along.
        keeping.extend(ways.iter().filter(|way| way.last_rule() == Some(RESTRICT)).map(|way| (way, false)));
        // One that refers to a default keeps a row only if the default is not there.
        keeping.sort_by_key(|(way, _)| way.last_rule() == Some(SET_DEFAULT));
        for (way, stays) in keeping {
            let along = if stays { self.along(&ways, way) } else { Vec::new() };
            // Of rows that may go along in a way that was not followed it is not known whether they keep any.
            if (is_whole || along.is_empty()) && self.refers(way, &along, stays).await? {
                return Ok(way.last().cloned());
            }
        }
        Ok(None)
    }

    /// The ways from the rows, the nearest first, and whether these are all. One that no row is on leads no further.
    async fn ways(&self, fate: Fate) -> Result<(Vec<Way>, bool)> {
        let to_model = keys_to(self.database, self.query, None, self.model.table).await?;
        let mut ways: Vec<Way> = to_model.into_iter().filter_map(|key| Way::of(Vec::new(), key, &fate)).collect();
        let mut next = 0;
        while let Some(near) = ways.get(next).cloned() {
            next += 1;
            let (Some(key), Some(fate)) = (near.last(), near.then.clone()) else { continue };
            if !self.refers(&near, &[], false).await? {
                continue;
            }
            if near.keys.len() == LONGEST || next > MOST {
                return Ok((ways, false));
            }
            let far = keys_to(self.database, self.query, Some(&key.names.schema), &key.names.table).await?;
            ways.extend(far.into_iter().filter_map(|far| Way::of(near.keys.clone(), far, &fate)));
        }
        Ok((ways, true))
    }

    /// The ways by which rows of the table that a way leads to go along.
    fn along<'w>(&self, ways: &'w [Way], way: &Way) -> Vec<Vec<&'w KeyNames>> {
        let to_same = |other: &&Way| other.table().eq_ignore_ascii_case(way.table());
        let goes = |other: &&Way| self.goes && matches!(other.then, Some(Fate::Deleted));
        ways.iter().filter(goes).filter(to_same).map(Way::names).collect()
    }

    /// Whether a way leads from the rows to one; if it `stays`, to one that does not go with them.
    async fn refers(&self, way: &Way, along: &[Vec<&KeyNames>], stays: bool) -> Result<bool> {
        let key: Vec<&str> = self.model.key_fields().map(|field| field.column).collect();
        let apart = stays && self.goes && way.table().eq_ignore_ascii_case(self.model.table);
        let search = Keeper { table: self.model.table, key: &key, rows: &self.rows, way: &way.names(), apart, along };
        let statement = compiler::keeper(&search, self.database.dialect())?;
        let found = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| row.read::<i64>(), Arc::default());
        Ok(!self.database.look_up(statement, found).await?.is_empty())
    }
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

    fn last_rule(&self) -> Option<&str> {
        self.last().map(|key| self.rule(key))
    }

    fn may_keep(&self) -> bool {
        self.last_rule().is_some_and(|rule| !matches!(rule, CASCADE | SET_NULL))
    }

    fn names(&self) -> Vec<&KeyNames> {
        self.keys.iter().map(|key| &key.names).collect()
    }

    /// The table that it leads to.
    fn table(&self) -> &str {
        self.last().map_or("", |key| &key.names.table)
    }
}
