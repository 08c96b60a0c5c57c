//! Keys of one column or several, as conditions and as an order.

use super::comparison::LookupOperator;
use super::node::{Condition, Connector, Node};
use super::order::Ordering;
use crate::error::Result;
use crate::model::{Column, Key, Path};
use crate::value::Value;

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
    let list = Node::encoded(values.map(|values| Value::List(column.field.kind, values)));
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
