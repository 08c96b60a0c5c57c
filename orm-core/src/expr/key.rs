//! The handle of a composite primary key.

use std::fmt;
use std::marker::PhantomData;

use super::condition::{Condition, Connector, LookupOperator, Q};
use super::node::{Node, Output};
use super::operand::encoded;
use super::order::{Order, Ordering};
use super::selection::Selection;
use crate::error::Result;
use crate::model::{Column, Key, Path};
use crate::row::RowReader;
use crate::value::{Here, Value};

/// The primary key of several columns on root `R`: compared with a tuple `K`.
pub struct KeyOf<R, K, P> {
    path: &'static Path,
    types: PhantomData<fn() -> (R, K, P)>,
}

impl<R, K: Key, P> KeyOf<R, K, P> {
    /// The key of the model at a path (generated code calls this).
    pub const fn new(path: &'static Path) -> Self {
        Self { path, types: PhantomData }
    }

    /// Equal to a key.
    pub fn eq(&self, key: K) -> Q<R> {
        Q::from_condition(key_is(self.path, &key))
    }

    /// Not equal to a key.
    pub fn ne(&self, key: K) -> Q<R> {
        !self.eq(key)
    }

    /// One of several keys; of none, never.
    pub fn in_(&self, keys: impl IntoIterator<Item = K>) -> Q<R> {
        Q::from_condition(key_in(self.path, keys))
    }

    /// None of several keys.
    pub fn not_in(&self, keys: impl IntoIterator<Item = K>) -> Q<R> {
        !self.in_(keys)
    }

    /// Ascending order, first column first.
    pub fn asc(&self) -> Vec<Order<R>> {
        self.columns().map(|column| Order::new(Node::Column(column), false)).collect()
    }

    /// Descending order, first column first.
    pub fn desc(&self) -> Vec<Order<R>> {
        self.columns().map(|column| Order::new(Node::Column(column), true)).collect()
    }

    fn columns(&self) -> impl Iterator<Item = Column> {
        let path = self.path;
        path.model.key_fields().map(move |field| Column { path, field })
    }
}

/// Ascending order by the key, first column first.
pub(crate) fn by_key(path: &'static Path) -> Vec<Ordering> {
    let columns = path.model.key_fields().map(|field| Node::Column(Column { path, field }));
    columns.map(|node| Ordering { node, descending: false, nulls: None }).collect()
}

/// The condition that a row's key is one of several; of none, false.
pub(crate) fn key_in<K: Key>(path: &'static Path, keys: impl IntoIterator<Item = K>) -> Condition {
    let keys: Result<Vec<Vec<Value>>> = keys.into_iter().map(|key| key.values()).collect();
    match keys {
        Ok(keys) => one_of(path, &keys),
        Err(error) => key_has(path, [Node::Fault(error)]),
    }
}

/// The condition that a row has one of several keys, as lists of their columns.
pub(crate) fn one_of(path: &'static Path, keys: &[Vec<Value>]) -> Condition {
    if let [key] = path.model.primary_key {
        let column = path.model.fields.get(*key).map(|field| Column { path, field });
        return column.map_or(Condition::constant(false), |column| column_in(column, Ok(keys.concat())));
    }
    if keys.len() < 2 {
        let key = keys.first().map(|key| key_has(path, key.iter().cloned().map(Node::Value)));
        return key.unwrap_or(Condition::constant(false));
    }
    let columns = path.model.key_fields().map(|field| Node::Column(Column { path, field }));
    let lists = path.model.key_fields().enumerate().map(|(index, field)| {
        let values = keys.iter().filter_map(|key| key.get(index).cloned());
        Node::Value(Value::List(field.kind, values.collect()))
    });
    Condition::lookup(LookupOperator::KeyIn, columns.chain(lists).collect())
}

/// The condition that a column has one of several values; of none, false.
pub(crate) fn column_in(column: Column, values: Result<Vec<Value>>) -> Condition {
    if values.as_ref().is_ok_and(Vec::is_empty) {
        return Condition::constant(false);
    }
    let list = encoded(values.map(|values| Value::List(column.field.kind, values)));
    Condition::lookup(LookupOperator::In, vec![Node::Column(column), list])
}

/// The condition that a row has this key.
pub(crate) fn key_is<K: Key>(path: &'static Path, key: &K) -> Condition {
    match key.values() {
        Ok(values) => key_has(path, values.into_iter().map(Node::Value)),
        Err(error) => key_has(path, [Node::Fault(error)]),
    }
}

/// The condition that the columns of a row's key have these values, in order.
pub(crate) fn key_has(path: &'static Path, values: impl IntoIterator<Item = Node>) -> Condition {
    let columns = path.model.key_fields().map(|field| Node::Column(Column { path, field }));
    let equal = columns.zip(values).map(|(column, value)| Condition::lookup(LookupOperator::Eq, vec![column, value]));
    Condition::group(Connector::And, equal)
}

impl<R, K, P> Clone for KeyOf<R, K, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, K, P> Copy for KeyOf<R, K, P> {}

impl<R, K, P> fmt::Debug for KeyOf<R, K, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.pk", self.path.model.name)
    }
}

impl<R, K: Key> Selection<R> for KeyOf<R, K, Here> {
    type Out = K;

    fn outputs(self, list: &mut Vec<Output>) {
        list.extend(self.columns().map(|column| Output::Node(Node::Column(column))));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<K> {
        K::read(row)
    }
}
